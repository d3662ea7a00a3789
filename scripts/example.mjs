// `npm run example -- NAME [arguments of the CDK CLI]`: runs the CDK CLI on an app of examples/, by default `cdk synth`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
// The build of cdk.json is for the app of this repository.
const node = `"${process.execPath}"`;
const options = [
  ...['--app', `${node} scripts/run-app.mjs examples/${name}.ts`],
  ...['--build', `${node} -e 0`, '--no-notices'],
];
const { status } = spawnSync(process.execPath, [cdk, ...(args.length > 0 ? args : ['synth']), ...options], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
