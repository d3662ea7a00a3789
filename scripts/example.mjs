// `npm run example -- NAME [arguments of the CDK CLI]`: bundles an app of examples/ and gives it to the CDK CLI, by default to
// `cdk synth`. A bundle, because the examples import this library by its name, as users do.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

const [name, ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  const list = names.map((known) => `  ${known}\n`).join('');
  process.stderr.write(
    name === undefined
      ? `Usage: npm run example -- NAME [arguments of the CDK CLI]\n\nExamples:\n${list}`
      : `npm run example: NAME must be an example, got: '${name}'. Use one of:\n${list}`,
  );
  process.exit(name === undefined ? 0 : 2);
}

// Writes lib/server/scripts.ts, which is not in the repository.
await import('./embed.mjs');
const outfile = join('.cache', 'examples', `${name}.js`);
await build({
  absWorkingDir: root,
  entryPoints: [`examples/${name}.ts`],
  outfile,
  ...JSON.parse(readFileSync(new URL('example-bundle.json', import.meta.url), 'utf8')),
  logLevel: 'warning',
});
const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
// The build of cdk.json is for the app of this repository.
const options = ['--app', `"${process.execPath}" ${outfile}`, '--build', `"${process.execPath}" -e 0`, '--no-notices'];
const { status } = spawnSync(process.execPath, [cdk, ...(args.length > 0 ? args : ['synth']), ...options], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
