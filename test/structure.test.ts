// The rules of the folder layout that CONTRIBUTING.md states: small folders, and imports that point one way.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..');

/** From top to bottom: a file may import files of its own layer and of the layers below it. The first match counts. */
const LAYERS: readonly RegExp[] = [
  /^bin\/cli\/main\.ts$/,
  /^bin\/cli\/(completion|(client|fleet|probe)\/commands)\//,
  /^bin\/cli\/fleet\/report\//,
  /^bin\/cli\/fleet\/run\//,
  /^bin\/cli\/fleet\/results\//,
  /^bin\/cli\/fleet\/nodes\//,
  /^bin\/cli\/fleet\/deployment\//,
  /^bin\/cli\/fleet\/aws\//,
  /^bin\/cli\/probe\/report\//,
  /^bin\/cli\/probe\/measurement\//,
  /^bin\/cli\/probe\/connections\//,
  /^bin\/cli\/probe\/schedule\//,
  /^bin\/cli\/client\/plan\//,
  /^bin\/cli\/client\/verify\//,
  /^bin\/cli\/client\/ssh-config\//,
  /^bin\/cli\/client\/(file|snippet)\//,
  /^bin\/cli\/(shared\/|program\.ts$)/,
  /^bin\/(app|context|demo-instance)\.ts$|^bin\/(rehearsal|template)\//,
  /^bin\/test-bed\//,
  /^lib\/index\.ts$/,
  /^lib\/ssh-(keepalive|keepalive-mixin|client-config|client-config-stack)\.ts$/,
  /^lib\/(ssh-keepalive-target|ssh-host)\.ts$/,
  /^lib\/server\//,
  /^lib\/settings\//,
  /^lib\/validation\//,
  /^lib\/keepalive-limits\.ts$/,
  /^lib\/client\//,
];

const MOST_FILES = 12;
/** The public API, which lib/index.ts exports file by file. */
const MOST_FILES_OF_API = 14;

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join(folder, path.replaceAll('\\', '/')))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort();
}

const SOURCES = [...sourcesBelow('lib'), ...sourcesBelow('bin')];

/** The files of this repository that a file imports, types included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(ROOT, file), 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => {
      const path = posix.join(dirname(file), fileName.replace(/\.js$/, ''));
      const found = [`${path}.ts`, `${path}/index.ts`].find((candidate) => SOURCES.includes(candidate));
      if (!found) throw new Error(`${file} imports ${fileName}, which is no source of lib/ or bin/`);
      return found;
    });
}

const IMPORTS = new Map(SOURCES.map((file) => [file, importsOf(file)]));

const layerOf = (file: string): number => LAYERS.findIndex((layer) => layer.test(file));

describe('The folder layout', () => {
  it('has at most twelve source files in a folder, and fourteen in the public API', () => {
    const sizes = new Map<string, number>();
    for (const file of SOURCES) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
    const crowded = [...sizes].filter(([folder, n]) => n > (folder === 'lib' ? MOST_FILES_OF_API : MOST_FILES));
    expect(crowded).toEqual([]);
  });

  it('gives every source file a layer', () => {
    expect(SOURCES.filter((file) => layerOf(file) === -1)).toEqual([]);
  });

  it('has no import that points to a higher layer', () => {
    const upward = [...IMPORTS].flatMap(([file, imports]) =>
      imports.filter((other) => layerOf(other) < layerOf(file)).map((other) => `${file} imports ${other}`),
    );
    expect(upward).toEqual([]);
  });

  it('has no import from lib/ to bin/', () => {
    const fromLib = [...IMPORTS].filter(([file]) => file.startsWith('lib/')).flatMap(([, imports]) => imports);
    expect(fromLib.filter((file) => !file.startsWith('lib/'))).toEqual([]);
  });

  it('has no circle of imports', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const other of IMPORTS.get(file) ?? []) visit(other, [...path, file]);
      done.add(file);
    };
    for (const file of SOURCES) visit(file, []);
    expect(circles).toEqual([]);
  });
});
