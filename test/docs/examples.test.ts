// The examples in the pages compile and synthesize, and those for jest pass there.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import * as ts from 'typescript';
import { type CodeBlock, PAGES, ROOT, codeBlocks } from './pages';

const BLOCKS = PAGES.flatMap(codeBlocks).filter(({ language }) => language === 'ts');
const EXAMPLES = BLOCKS.filter(({ kind }) => kind === 'example');
const FOR_JEST = BLOCKS.filter(({ kind }) => kind === 'jest');

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['jest', 'node'],
  paths: {
    'cdk-ssh-keepalive': [join(ROOT, 'lib', 'index.ts')],
    'cdk-ssh-keepalive/jest': [join(ROOT, 'jest.d.ts')],
  },
};

/** The place of an example as the compiler sees it. */
function fileOf({ page, name }: CodeBlock): string {
  return join(ROOT, 'test', 'docs', `${page.replaceAll(/\W/g, '-')}-${name}.ts`);
}

function toCommonJs(code: string): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

test('Every block of TypeScript is an example, or a part of a file of examples/', () => {
  for (const { page, kind, code } of BLOCKS) {
    if (kind === 'example' || kind === 'jest') continue;
    const [file] = /examples\/[\w-]+\.ts/.exec(kind) ?? [];
    expect([page, code, file]).toEqual([page, code, expect.any(String)]);
    expect(readFileSync(join(ROOT, file ?? ''), 'utf8')).toContain(code);
  }
});

test('The examples compile', () => {
  const sources = new Map([...EXAMPLES, ...FOR_JEST].map((block) => [fileOf(block), block.code]));
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists } = host;
  host.readFile = (file) => sources.get(file) ?? readFile.call(host, file);
  host.fileExists = (file) => sources.has(file) || fileExists.call(host, file);
  const program = ts.createProgram([...sources.keys()], OPTIONS, host);
  const messages = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => [file?.fileName, ts.flattenDiagnosticMessageText(messageText, '\n')]);
  expect(messages).toEqual([]);
});

test.each(EXAMPLES)('The example $name of $page synthesizes', (block) => {
  const required = createRequire(fileOf(block));
  // The library as jest loads it, so that the example and the library share one aws-cdk-lib.
  const load = (name: string): unknown =>
    name === 'cdk-ssh-keepalive' ? jest.requireActual('../../lib') : jest.requireActual(required.resolve(name));
  const module: { exports: { root?: { synth(): { stacks: { template: { Resources: object } }[] } } } } = {
    exports: {},
  };
  const code = toCommonJs(`${block.code}\nexport const root = stack.node.root;`);
  const run = compileFunction(code, ['require', 'exports', 'module']) as (...args: unknown[]) => void;
  run(load, module.exports, module);
  const templates = module.exports.root?.synth().stacks.map(({ template }) => JSON.stringify(template)) ?? [];
  expect(templates.join()).toMatch(/ServerAliveInterval|ClientAliveInterval/);
});

describe('In a project with jest', () => {
  const project = mkdtempSync(join(tmpdir(), 'jest-example-'));
  afterAll(() => rmSync(project, { recursive: true }));

  test.each(FOR_JEST)('the example $name of $page passes, and its snapshot has no script', ({ name, code }) => {
    const modules = join(project, 'node_modules');
    mkdirSync(join(modules, 'cdk-ssh-keepalive'), { recursive: true });
    for (const part of ['lib', 'jest.js', 'package.json']) {
      cpSync(join(ROOT, part), join(modules, 'cdk-ssh-keepalive', part), { recursive: true });
    }
    for (const peer of ['aws-cdk-lib', 'constructs']) {
      symlinkSync(join(ROOT, 'node_modules', peer), join(modules, peer), 'junction');
    }
    writeFileSync(join(project, 'package.json'), '{ "name": "consumer" }');
    writeFileSync(join(project, `${name}.test.js`), toCommonJs(code));
    const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
    const run = spawnSync(process.execPath, [jest, '--rootDir', project, '--ci=false', '--no-cache'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect([run.status, run.stderr]).toEqual([0, expect.stringContaining('1 passed')]);
    const snapshot = readFileSync(join(project, '__snapshots__', `${name}.test.js.snap`), 'utf8');
    expect(snapshot).toMatch(/document\.sh of cdk-ssh-keepalive \S+, \d+ lines, SHA-256 [0-9a-f]{64}/);
    expect(snapshot.split('\n').length).toBeLessThan(150);
  });
});
