// What the driver knows of the hosts behind the pages, as JSON in RDPWATCH_BROWSER_FACTS:
//   url        of the daemon
//   cappedUrl  of another daemon, whose only host may be connected to so seldom that a second probe is refused
//   reset      {name, address}: the host that resets, the tenth of its group; `name` is a part of its target's name
//   hostile    [{name, text}]: texts that are harmful or hard to show; each is the name of a group with one host that is down and
//              one that is up, and stands in all that these two say of themselves
//   breakable  {name, address}: a healthy host that a test may break
//   scenario   rdpsim's scenario file, and simulator, its process, which reads the file again at SIGHUP
//   chromium   the program
import { readFile, writeFile } from 'node:fs/promises';

if (!process.env.RDPWATCH_BROWSER_FACTS) throw new Error('RDPWATCH_BROWSER_FACTS is not set; tests/e2e/browser_test.py sets it');
export const facts = JSON.parse(process.env.RDPWATCH_BROWSER_FACTS);

// The host at this address differs so (see tests/sim/README.md) from its next connection on; an undefined value takes the key
// away.
export const change = async (address, changes) => {
  const scenario = JSON.parse(await readFile(facts.scenario, 'utf8'));
  if (!scenario.hosts[address]) throw new Error(`the scenario has no host ${address}`);
  Object.assign(scenario.hosts[address], changes);
  await writeFile(facts.scenario, JSON.stringify(scenario));
  process.kill(facts.simulator, 'SIGHUP');
};
