// The build: embeds the shell scripts, compiles in place with jsii, and bundles the command line at the same time. Prints
// nothing on success, because the CDK CLI runs it before each synthesis and `cdk synth` prints a template; with
// --announce it prints that it has begun, for commands that people wait for.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import './embed.mjs';

if (process.argv.includes('--announce')) process.stderr.write('Building the library ...\n');

const bundled = once(spawn(process.execPath, ['scripts/bundle.mjs'], { stdio: 'inherit' }), 'exit');
const jsii = createRequire(import.meta.url).resolve('jsii/bin/jsii');
// jsii prints a page about end-of-life Node versions on every run; which versions work here is in package.json's engines.
const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [jsii, '--silence-warnings=reserved-word', '--fail-on-warnings'],
  {
    env,
    encoding: 'utf8',
  },
);
if (status !== 0) process.stderr.write(stdout + stderr);
const [bundleStatus] = await bundled;
process.exit(status || bundleStatus ? 1 : 0);
