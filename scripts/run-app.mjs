// `node scripts/run-app.mjs FILE`: runs a CDK app in TypeScript. It is bundled, because it imports this library by its name,
// as users do.
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = resolve(process.argv[2]);
const outfile = join(root, '.cache', 'apps', `${basename(file, '.ts')}.js`);
await build({
  absWorkingDir: root,
  entryPoints: [file],
  outfile,
  ...JSON.parse(readFileSync(new URL('app-bundle.json', import.meta.url), 'utf8')),
  logLevel: 'warning',
});
await import(pathToFileURL(outfile));
