// `npm run api:diff`: compares the public API with that of the last release, api/baseline.json, by jsii-diff. A breaking change
// is an error unless api/allowed-breaking-changes.txt lists its key. `npm run api:diff -- --write` makes the API as it is the
// new baseline: for a release. `-- --baseline FILE` compares with another one.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ALLOWED = join('api', 'allowed-breaking-changes.txt');
/** What an assembly has besides the API, and changes without it. */
const NOT_API = ['dependencyClosure', 'fingerprint', 'jsiiVersion', 'locationInModule', 'readme', 'symbolId'];
/** What jsii-diff reads in the documentation of a member. */
const COMPARED_DOCS = ['deprecated', 'stability', 'subclassable'];

const { values } = parseArgs({
  options: { write: { type: 'boolean' }, baseline: { type: 'string', default: join('api', 'baseline.json') } },
});
const baseline = resolve(ROOT, values.baseline);

function onlyApi(key, value) {
  if (NOT_API.includes(key)) return undefined;
  if (key !== 'docs') return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => COMPARED_DOCS.includes(name)));
}

if (values.write) {
  const assembly = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8'), onlyApi);
  writeFileSync(baseline, `${JSON.stringify(assembly, undefined, 1)}\n`);
  process.exit(0);
}

// Below this folder, because jsii-diff looks for the dependencies of the baseline in node_modules above it.
mkdirSync(join(ROOT, '.cache'), { recursive: true });
const folder = mkdtempSync(join(ROOT, '.cache', 'api-diff-'));
try {
  writeFileSync(join(folder, '.jsii'), readFileSync(baseline));
  writeFileSync(join(folder, 'package.json'), readFileSync(join(ROOT, 'package.json')));
  const diff = join(ROOT, 'node_modules', 'jsii-diff', 'bin', 'jsii-diff');
  const { status } = spawnSync(
    process.execPath,
    [diff, folder, ROOT, '--error-on', 'all', '--keys', '--ignore-file', join(ROOT, ALLOWED)],
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' } },
  );
  if (status !== 0) {
    console.error(
      `${values.baseline}: the API is not compatible with it. Undo the change, or list its key in ${ALLOWED}.`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
