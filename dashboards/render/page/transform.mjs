// The transformations of a panel, run by @grafana/data. Those that only Grafana itself has are an error here.
import { standardTransformers, standardTransformersRegistry, transformDataFrame } from '@grafana/data';
import { lastValueFrom } from 'rxjs';

// Some are listed under two names.
const available = [...new Map(Object.values(standardTransformers).map((transformer) => [transformer.id, transformer])).values()];

standardTransformersRegistry.setInit(() =>
  available.map((transformer) => ({
    id: transformer.id, name: transformer.name, description: transformer.description, transformation: async () => transformer,
    editor: () => null, imageDark: '', imageLight: '',
  })));

export const transform = async (panel, data, replaceVariables) => {
  const steps = (panel.transformations ?? []).filter((step) => !step.disabled);
  const missing = steps.find((step) => !available.some((transformer) => transformer.id === step.id));
  if (missing !== undefined) throw new Error(`The transformation ${missing.id} is not part of @grafana/data.`);
  return lastValueFrom(transformDataFrame(steps, data, { interpolate: replaceVariables }));
};
