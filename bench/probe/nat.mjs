// The NAT of test/nat for programs that are no tests: compiles it, and loads it.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(root, '.cache', 'nat-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
// Each machine ends with this process.
process.setMaxListeners(64);

const contents = `
  export { NatNetwork } from './nat-network';
  export { ProbeMachines } from './probe-machines';`;
buildSync({
  stdin: { contents, resolveDir: join(root, 'test', 'nat'), loader: 'ts' },
  bundle: true,
  platform: 'node',
  packages: 'external',
  // What these files look for, they find from their own folder.
  define: { __dirname: JSON.stringify(join(root, 'test', 'nat')) },
  outfile: join(folder, 'nat.cjs'),
  logLevel: 'warning',
});

export const { NatNetwork, ProbeMachines } = createRequire(import.meta.url)(join(folder, 'nat.cjs'));
