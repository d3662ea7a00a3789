// A configuration with all that it includes, as a tree. Knows where ssh looks for included files, and evaluates nothing.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { CliError } from '../../shared/exit-code';
import type { Condition } from './condition';
import { glob } from './glob';
import type { ConfigLocation } from '../file/config-location';
import type { Platform } from '../../shared/platform';
import { type Section, type Statement, parseSections } from './sections';

/** A file of a configuration. */
export interface ConfigFile {
  /** As this process opens it. */
  readonly path: string;
  readonly text: string;
  readonly sections: readonly Section[];
  /** What each Include line stands for. */
  readonly includes: ReadonlyMap<Statement, Inclusion>;
}

/** What an Include line stands for. */
export interface Inclusion {
  readonly files: readonly ConfigFile[];
  /** Whether it may stand for fewer, because only ssh knows what a % in it becomes. */
  readonly isGuess: boolean;
}

/** A line of any of the files, with all that must hold for it. */
export interface Found {
  readonly keyword: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly file: ConfigFile;
  readonly condition: Condition;
  /** The section of the main file in which it is, or the line that includes it. */
  readonly section: number;
}

/** Where ssh looks for the files that are included. */
export type Lookup = Pick<Platform, 'env' | 'user' | 'os'> & Pick<ConfigLocation, 'home' | 'fromSsh'>;

/** As ssh has it; deeper is fatal there. */
const MAX_DEPTH = 16;

/** Reads what a text includes; the text stands in the file of that path, or will. */
export function readConfiguration(
  path: string,
  text: string,
  keywords: readonly string[],
  lookup: Lookup,
  folder = join(lookup.home, '.ssh'),
): ConfigFile {
  // A file that includes itself is not followed: ssh refuses it anyway.
  const known = new Map<string, ConfigFile | undefined>();
  const parse = (file: string, content: string, depth: number): ConfigFile => {
    const sections = parseSections(content, keywords);
    const includes = new Map<Statement, Inclusion>();
    for (const statement of sections.flatMap(({ statements }) => statements)) {
      if (statement.keyword !== 'include' || depth >= MAX_DEPTH) continue;
      const { paths, isGuess } = expand(statement.args, folder, lookup);
      const files = paths.map((included) => read(included, depth + 1)).filter((included) => included !== undefined);
      includes.set(statement, { files, isGuess });
    }
    return { path: file, text: content, sections, includes };
  };
  const read = (file: string, depth: number): ConfigFile | undefined => {
    if (known.has(file)) return known.get(file);
    known.set(file, undefined);
    const content = readIncluded(file);
    if (content === undefined) return undefined;
    const parsed = parse(file, content, depth);
    known.set(file, parsed);
    return parsed;
  };
  return parse(path, text, 0);
}

/** ssh takes a file that is not there as empty, and complains itself about one that it may not read. */
export function readIncluded(file: string): string | undefined {
  try {
    if (statSync(file).isDirectory()) return undefined;
    if (!statSync(file).isFile()) {
      throw new CliError(`${file}: is read by ssh and must be a regular file.`);
    }
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new CliError(`${file}: is read by ssh but cannot be read, got: ${message}.`);
  }
}

/** Every line of these keywords in the order in which ssh reads them. */
export function find(root: ConfigFile, keywords: readonly string[]): Found[] {
  const found: Found[] = [];
  const walk = (file: ConfigFile, outer: Condition, section: number | undefined): void => {
    file.sections.forEach(({ header, statements }, index) => {
      if (statements.length === 0) return;
      const condition = header ? [...outer, header] : outer;
      const at = section ?? index;
      for (const statement of statements) {
        if (keywords.includes(statement.keyword)) found.push(foundAt(statement, file, condition, at));
        for (const included of file.includes.get(statement)?.files ?? []) walk(included, condition, at);
      }
    });
  };
  walk(root, [], undefined);
  return found;
}

function foundAt(statement: Statement, file: ConfigFile, condition: Condition, section: number): Found {
  return {
    keyword: statement.keyword,
    file,
    condition,
    section,
    get args() {
      return statement.args;
    },
    get line() {
      return statement.line;
    },
  };
}

/** The file and all that it includes, each once. */
export function allFiles(root: ConfigFile, into = new Set<ConfigFile>()): Set<ConfigFile> {
  if (into.has(root)) return into;
  into.add(root);
  for (const { files } of root.includes.values()) for (const file of files) allFiles(file, into);
  return into;
}

function expand(args: readonly string[], folder: string, lookup: Lookup): { paths: string[]; isGuess: boolean } {
  let isGuess = false;
  const paths = args.flatMap((arg) => {
    // Versions before 9.9 or 10 take % and ${} as they stand.
    const readings = new Set([arg, replaceTokens(arg, lookup)]);
    isGuess ||= readings.size > 1;
    return [...readings].flatMap((reading) => glob(anchored(reading, folder, lookup)));
  });
  return { paths: [...new Set(paths)], isGuess };
}

function anchored(arg: string, folder: string, { home, fromSsh }: Lookup): string {
  if (arg === '~' || arg.startsWith('~/')) return join(home, arg.slice(1));
  const path = fromSsh(arg);
  return isAbsolute(path) ? path : join(folder, path);
}

/** What this process does not know becomes a star, so that rather too many files are looked at. */
function replaceTokens(arg: string, { env, home, user }: Lookup): string {
  return arg
    .replace(/\$\{([^}]*)\}/g, (_, name: string) => env[name] ?? '')
    .replace(/%(.)/g, (_, token: string) => ({ '%': '%', d: home, u: user })[token] ?? '*');
}
