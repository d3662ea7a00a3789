// `npm run test:languages [-- arguments of jest]`: builds the packages of all languages, and runs the tests that install them.
// What their tools download goes into .cache/, not into the home directory.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const cache = (...path) => join(ROOT, '.cache', ...path);
const env = {
  ...process.env,
  GOCACHE: cache('go', 'build'),
  // Without it, `rm -rf .cache` fails on files that Go has made read-only.
  GOFLAGS: `${process.env.GOFLAGS ?? ''} -modcacherw`.trim(),
  GOMODCACHE: cache('go', 'modules'),
  MAVEN_OPTS: `${process.env.MAVEN_OPTS ?? ''} -Dmaven.repo.local=${cache('maven')}`.trim(),
  NUGET_PACKAGES: cache('nuget'),
  PIP_CACHE_DIR: cache('pip'),
  // Python compiles the modules that an app imports anyway, and aws-cdk-lib has many others.
  PIP_NO_COMPILE: '1',
};

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// Maven does not look again for a version that it has.
rmSync(cache('maven', 'io', 'github', 'cdk-ssh-keepalive'), { recursive: true, force: true });
run('scripts/build.mjs');
run('scripts/release/package.mjs');
const options = ['--testPathIgnorePatterns', '/node_modules/', '--maxWorkers', '2', '--verbose'];
run('node_modules/jest/bin/jest.js', ...options, 'test/languages', ...process.argv.slice(2));
