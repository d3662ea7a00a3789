// An app in another language, from an empty folder to `cdk synth`, with the files and the commands of docs/languages.md.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { find } from '../../bin/test-bed/openssh';
import { codeBlocks, ROOT } from '../docs/pages';
import { describeUnless } from '../support/describe-unless';

export type Language = 'typescript' | 'python' | 'java' | 'go';

const PAGE = 'docs/languages.md';

/** What each language needs of the machine. */
const PROGRAMS: Readonly<Record<Language, readonly string[]>> = {
  typescript: [],
  python: ['python3'],
  java: ['javac', 'mvn'],
  go: ['go'],
};

/** The templates of an app with sorted keys, by their files. */
type Templates = Readonly<Record<string, string>>;

jest.setTimeout(600_000);

/** Tests that the page's app in this language has the templates of the TypeScript app. */
export function testLanguage(language: Language): void {
  const missing = PROGRAMS[language].filter((program) => !find(program));
  const reason = missing.length > 0 ? `this machine has no ${missing.join(' and no ')}` : undefined;
  describeUnless(reason, `The app of ${PAGE} in ${language}`, () => {
    const parent = mkdtempSync(join(tmpdir(), 'language-'));
    afterAll(() => rmSync(parent, { recursive: true }));
    const folder = join(parent, 'my-app');

    beforeAll(() => {
      symlinkSync(ROOT, join(parent, 'cdk-ssh-keepalive'), 'junction');
      mkdirSync(folder);
      for (const { name, code } of filesOf(language)) {
        const file = join(folder, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, code);
      }
      // The checksums of a reviewed `go mod tidy`. The page leaves them to the reader's own.
      const checksums = join(__dirname, language, 'go.sum');
      if (existsSync(checksums)) cpSync(checksums, join(folder, 'go.sum'));
    });

    it('uses the lowest aws-cdk-lib of package.json', () => {
      const versions = filesOf(language).flatMap(({ code }) => code.match(/2\.\d{3}\.\d+/g) ?? []);
      expect(versions).toEqual([installedVersion('aws-cdk-lib')]);
    });

    it('has the templates of the TypeScript app of the sources', () => {
      const commands = codeBlocks(PAGE).filter(({ kind, name }) => kind === 'commands' && name === language);
      expect(commands).toHaveLength(1);
      run('sh', ['-ec', commands.map(({ code }) => code).join('')], folder);
      const templates = templatesIn(join(folder, 'cdk.out'));
      const expected = templatesOfSources(parent);
      expect(Object.keys(templates)).toEqual(Object.keys(expected));
      for (const [name, template] of Object.entries(templates)) expect(template).toBe(expected[name]);
    });
  });
}

/** The files of a language's app on the page. */
function filesOf(language: Language): { name: string; code: string }[] {
  return codeBlocks(PAGE)
    .filter(({ kind, name }) => kind === 'file' && name.startsWith(`${language}/`))
    .map(({ name, code }) => ({ name: name.slice(language.length + 1), code }));
}

/** What the TypeScript app synthesizes with the sources of the library. */
function templatesOfSources(parent: string): Templates {
  const [program, app] = [join(ROOT, 'scripts', 'run-app.mjs'), join(__dirname, 'typescript', 'app.ts')];
  run('cdk', ['synth', '--app', `"${process.execPath}" ${program} ${app}`], parent);
  return templatesIn(join(parent, 'cdk.out'));
}

function templatesIn(folder: string): Templates {
  const names = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  expect(names).toHaveLength(4);
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const read = (name: string): string =>
    JSON.stringify(JSON.parse(readFileSync(join(folder, name), 'utf8')), sorted, 1);
  return Object.fromEntries(names.sort().map((name) => [name, read(name)]));
}

function installedVersion(name: string): string {
  const text = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Runs a program with the CDK CLI of this repository on its search path. */
function run(program: string, args: readonly string[], cwd: string, added: NodeJS.ProcessEnv = {}): void {
  const env = {
    ...process.env,
    ...added,
    PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
    // The only resource that differs from language to language.
    CDK_VERSION_REPORTING: 'false',
    // The cache of jsii fails with ENOTEMPTY when two programs fill it at once.
    JSII_RUNTIME_PACKAGE_CACHE: 'disabled',
    JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
  };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`);
}
