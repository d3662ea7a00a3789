// Where a configuration sets keepalive, and when ssh reads it a second time. Evaluates nothing: ssh does that.
import { type Condition, criteria, isUniversal } from './condition';
import { type ConfigFile, type Found, allFiles, find } from './configuration';

/** A keyword of keepalive, in lower case as `ssh -G` prints it. */
export type Keyword = 'serveraliveinterval' | 'serveralivecountmax';

/** Both, with the spelling for people. */
export const KEEPALIVE: Readonly<Record<Keyword, string>> = {
  serveraliveinterval: 'ServerAliveInterval',
  serveralivecountmax: 'ServerAliveCountMax',
};

/** Both, in the order in which they are written. */
export const KEYWORDS = Object.keys(KEEPALIVE) as Keyword[];

/** A line that sets one. */
export interface Setting extends Found {
  readonly keyword: Keyword;
}

/** Every such line, in the order in which ssh reads them. */
export function settings(root: ConfigFile): Setting[] {
  return find(root, KEYWORDS) as Setting[];
}

/** Whether it holds for every host, always. */
export function isForEverybody(condition: Condition): boolean {
  return condition.every(isUniversal);
}

/**
 * The line because of which ssh reads the configuration a second time, with the name that HostName or a name server gave.
 * `Match !final` is such a line, too.
 */
export function secondPass(root: ConfigFile): { file: ConfigFile; line: number } | undefined {
  for (const { file, line, args } of find(root, ['canonicalizehostname'])) {
    if (!/^(no|false)$/i.test(args[0] ?? '')) return { file, line };
  }
  for (const file of allFiles(root)) {
    for (const { header } of file.sections) {
      const isFinal = header?.keyword === 'match' && criteria(header).some(({ name }) => name === 'final');
      if (isFinal) return { file, line: header.line };
    }
  }
  return undefined;
}

/** Whether the value is zero, which turns keepalive off as an interval and ends sessions as a count. */
export function isZero({ args: [value = ''] }: Setting): boolean {
  return /^(?:0+[smhdw]?)+$/i.test(value);
}
