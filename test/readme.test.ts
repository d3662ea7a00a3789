// The README is true: its examples compile and synthesize, its tables are those of the code, its numbers are measured.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import * as ts from 'typescript';
import { readSettings } from '../bin/context';
import { FIRST_BOOT_SNIPPET } from '../lib/server/scripts';

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const EXAMPLES = [...README.matchAll(/<!-- example: (\S+) -->\n\n```ts\n([\s\S]*?)```/g)].map(
  ([, name = '', code = '']) => ({ name, code, file: join(ROOT, 'test', `readme-${name}.ts`) }),
);

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  paths: { 'cdk-ssh-keepalive': [join(ROOT, 'lib', 'index.ts')] },
};

/** A table's rows by their first cell, without the code marks. */
function table(heading: string): Record<string, string[]> {
  const after = README.slice(README.indexOf(heading));
  const rows = (/(^\|.*\n)+/m.exec(after)?.[0] ?? '').trim().split('\n').slice(2);
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return Object.fromEntries(cells.map(([name = '', ...rest]) => [name.replaceAll('`', ''), rest]));
}

interface Assembly {
  readonly types: Record<string, { properties: { name: string; optional?: boolean; docs: { default?: string } }[] }>;
}

describe('The README', () => {
  it('has examples for a new stack, an existing stack, a whole app and the client', () => {
    expect(EXAMPLES.map(({ name }) => name)).toEqual(['new-stack', 'existing-stack', 'whole-app', 'client']);
    expect(README.match(/```ts\n/g)).toHaveLength(EXAMPLES.length);
  });

  it('has examples that compile', () => {
    const sources = new Map(EXAMPLES.map(({ file, code }) => [file, code]));
    const host = ts.createCompilerHost(OPTIONS);
    const { readFile, fileExists } = host;
    host.readFile = (file) => sources.get(file) ?? readFile.call(host, file);
    host.fileExists = (file) => sources.has(file) || fileExists.call(host, file);
    const program = ts.createProgram([...sources.keys()], OPTIONS, host);
    const messages = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => [file?.fileName, messageText]);
    expect(messages).toEqual([]);
  });

  it.each(EXAMPLES)('has an example of $name that synthesizes', ({ file, code }) => {
    const compiled = ts.transpileModule(`${code}\nexport const root = stack.node.root;`, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    }).outputText;
    const required = createRequire(file);
    // The library as jest sees it, so that example and library share one aws-cdk-lib.
    const load = (name: string): unknown =>
      name === 'cdk-ssh-keepalive' ? jest.requireActual('../lib') : jest.requireActual(required.resolve(name));
    const module: { exports: { root?: { synth(): { stacks: { template: { Resources: object } }[] } } } } = {
      exports: {},
    };
    const run = compileFunction(compiled, ['require', 'exports', 'module']) as (...args: unknown[]) => void;
    run(load, module.exports, module);
    const templates = module.exports.root?.synth().stacks.map(({ template }) => JSON.stringify(template)) ?? [];
    expect(templates.join()).toMatch(/ServerAliveInterval|ClientAliveInterval/);
  });

  it('lists every property of SshKeepalive with its default', () => {
    const assembly = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as Assembly;
    const properties = ['SshKeepaliveProps', 'SshKeepaliveOptions'].flatMap(
      (name) => assembly.types[`cdk-ssh-keepalive.${name}`]?.properties ?? [],
    );
    const rows = table('## Properties of `SshKeepalive`');
    expect(Object.keys(rows).sort()).toEqual(properties.map(({ name }) => name).sort());
    for (const { name, docs } of properties) {
      const first = (docs.default ?? 'required').replace(/^- /, '').split(/[,;]/, 1)[0] ?? '';
      expect([name, rows[name]?.[1]?.replaceAll('`', '')]).toEqual([name, expect.stringContaining(first)]);
    }
  });

  it('says how many bytes first boot takes', () => {
    const bytes = Buffer.byteLength(FIRST_BOOT_SNIPPET);
    expect(README).toContain(`adds ${bytes} bytes to the instance's user data`);
  });

  it('lists the context values of the app, with the meanings and defaults that the app itself prints', () => {
    let message = '';
    try {
      readSettings({ unknown: 1 });
    } catch (error) {
      message = (error as Error).message;
    }
    const printed = [...message.matchAll(/^ {2}(\w+): .*?(?:\(default (.*?)[,)].*)?$/gm)];
    const rows = table('| Context value');
    expect(Object.keys(rows)).toEqual(printed.map(([, name]) => name));
    for (const [, name = '', byDefault = ''] of printed) expect(rows[name]?.[1]).toContain(byDefault);
  });

  it('links to files that exist', () => {
    for (const [, link = ''] of README.matchAll(/\]\((?!http)([^)]+)\)/g)) {
      expect([link, existsSync(join(ROOT, link))]).toEqual([link, true]);
    }
  });
});
