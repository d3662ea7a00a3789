// `npm run package [-- LANGUAGE...]`: writes the package of each language to dist/, with jsii-pacmak. The examples in the
// packages' documentation are translated by jsii-rosetta, which fails on an example that does not compile.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TRANSLATIONS = join(ROOT, '.cache', 'translations.tabl.json');

/** Which versions of Node.js work here is in package.json. */
const ENV = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

/** What jsii-pacmak writes for each language, and the programs that it needs for that. */
const LANGUAGES = {
  js: { artifact: /\.tgz$/, programs: [] },
  python: { artifact: /\.whl$/, programs: ['python3'] },
  java: { artifact: /\d\.jar$/, programs: ['javac', 'mvn'] },
  // A Go module is source code. test/languages compiles it.
  go: { artifact: /^\w+[\\/]go\.mod$/, programs: [], codeOnly: true },
  dotnet: isInstalled('dotnet')
    ? { artifact: /\.nupkg$/, programs: [] }
    : { artifact: /\.csproj$/, programs: [], codeOnly: true, note: 'source code only: dotnet is not installed' },
};

function isInstalled(program) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => endings.some((ending) => existsSync(join(folder, program + ending))));
}

function fail(message, status) {
  console.error(`npm run package: ${message}`);
  process.exit(status);
}

/** Runs a program of node_modules; its output is printed only if it fails. */
function run(name, args) {
  const program = join(ROOT, 'node_modules', name, 'bin', name);
  const options = { cwd: ROOT, env: ENV, encoding: 'utf8' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  if (status === 0) return;
  process.stderr.write(stdout + stderr);
  fail(`${name} ${args.join(' ')} failed, exit code: ${status}. Read its output above.`, 1);
}

/** Builds the package of a language; returns where it is. */
function packageFor(language) {
  const { artifact, codeOnly } = LANGUAGES[language];
  const folder = join('dist', language);
  rmSync(join(ROOT, folder), { recursive: true, force: true });
  const options = ['--no-npmignore', '--rosetta-tablet', TRANSLATIONS, ...(codeOnly ? ['--code-only'] : [])];
  run('jsii-pacmak', ['--targets', language, ...options]);
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const file = files.find((name) => artifact.test(name));
  if (file === undefined) fail(`jsii-pacmak wrote no package to ${folder}, got: ${files.join(', ')}.`, 1);
  return join(folder, file);
}

const languages = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(LANGUAGES);
const unknown = languages.filter((language) => !(language in LANGUAGES));
if (unknown.length > 0) {
  const known = Object.keys(LANGUAGES).join(', ');
  fail(`LANGUAGE must be one of ${known}, got: ${unknown.join(', ')}. Without LANGUAGE, it builds all.`, 2);
}
for (const language of languages) {
  const missing = LANGUAGES[language].programs.filter((program) => !isInstalled(program));
  if (missing.length > 0) fail(`the package for ${language} needs ${missing.join(' and ')}. Install it first.`, 1);
}

run('jsii-rosetta', ['extract', '--strict', '--compress-tablet', '--cache', TRANSLATIONS, '--trim-cache']);
for (const language of languages) {
  const start = Date.now();
  const file = packageFor(language);
  const seconds = Math.round((Date.now() - start) / 1000);
  const { note } = LANGUAGES[language];
  console.log(`${language.padEnd(6)}  ${String(seconds).padStart(3)} s  ${file}${note ? `  (${note})` : ''}`);
}
