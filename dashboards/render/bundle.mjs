// The page as one script and one style sheet, in memory.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

export const bundle = async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/main.jsx', import.meta.url))],
    bundle: true,
    write: false,
    outdir: 'memory',
    format: 'iife',
    jsx: 'automatic',
    minify: true,
    external: ['monaco-editor'], // the editor of queries, which nothing here opens
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error',
  });
  const of = (end) => outputFiles.find((file) => file.path.endsWith(end)).text;
  return { script: of('.js'), style: of('.css') };
};
