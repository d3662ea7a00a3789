// Which names `ssh -G` must be run for so that nothing is missed: names for which the same lines that set keepalive hold
// have the same keepalive, so one of each such class stands for all.
import { isWildcard } from '../../../../lib/client/pattern';
import { type Condition, criteria, hostPatterns, isUniversal, namesOfMatch } from './condition';
import { type ConfigFile, allFiles } from './configuration';
import { isPlainName, matchesPattern } from './host-pattern';
import type { Setting } from './keepalive';
import { KEYWORDS } from './keepalive';
import type { Statement } from './sections';

/** What a configuration names. */
export interface Names {
  /** Without wildcards, in their order. */
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  /** Names that cannot be given to every ssh on its command line. */
  readonly uncheckable: readonly string[];
}

/** What Host and Match lines name. */
export function allNames(root: ConfigFile): Names {
  const names = new Set<string>();
  const patterns = new Set<string>();
  for (const file of allFiles(root)) {
    for (const { header } of file.sections) {
      if (!header) continue;
      for (const pattern of patternsOf(header)) (isWildcard(pattern) ? patterns : names).add(pattern);
    }
  }
  return {
    names: [...names].filter(isPlainName),
    patterns: [...patterns],
    uncheckable: [...names].filter((name) => !isPlainName(name)),
  };
}

function patternsOf(header: Statement): readonly string[] {
  const found = hostPatterns(header);
  return found ? [...found.positive, ...found.negative] : namesOfMatch(header);
}

/** A name that nothing names, if there is one. */
export function unknownName(root: ConfigFile): string {
  const files = [...allFiles(root)];
  const candidates = ['any-other-host', 'any.other.host', 'other', '0-any-other-host', 'zz9'].filter(
    (name) => !files.some(({ text }) => text.includes(name)),
  );
  const patterns = files.flatMap(wildcards);
  const isFree = (name: string): boolean => !patterns.some((pattern) => matchesPattern(name, pattern));
  return candidates.find(isFree) ?? candidates[0] ?? 'any-other-host';
}

/** Its patterns, but for the star alone; most Host lines of a long file have none, and are not split for it. */
function wildcards({ sections }: ConfigFile): string[] {
  return sections
    .filter(({ header }) => header && isWildcard(header.rest))
    .flatMap(({ header }) => (header ? patternsOf(header) : []))
    .filter((pattern) => isWildcard(pattern) && !/^\*+$/.test(pattern));
}

/** Names by what decides about their keepalive. */
export class Classes {
  private readonly byName = new Map<string, number[]>();
  private readonly byPattern: { readonly patterns: readonly string[]; readonly index: number }[] = [];
  /** Settings whose condition is not only a matter of Host lines: they may hold or not, for every name. */
  private readonly isOpen: readonly boolean[];
  /** Whether one of them depends on more than Host lines: on HostName or User, for example. Then no two names are alike. */
  public readonly dependsOnMore: boolean;

  public constructor(private readonly settings: readonly Setting[]) {
    this.isOpen = settings.map(({ condition }) => condition.some((header) => isOpen(header)));
    this.dependsOnMore = settings.some(({ condition }) => condition.some(dependsOnMore));
    settings.forEach(({ condition }, index) => {
      const first = condition.map(hostPatterns).find((patterns) => patterns !== undefined)?.positive ?? ['*'];
      const patterns = first.filter(isWildcard);
      if (patterns.length > 0) this.byPattern.push({ patterns, index });
      for (const name of first.filter((pattern) => !isWildcard(pattern))) {
        this.byName.set(name, [...(this.byName.get(name) ?? []), index]);
      }
    });
  }

  /** The same text for names of the same class. */
  public keyOf(name: string): string {
    if (this.settings.length === 0) return '';
    if (this.dependsOnMore) return name;
    const candidates = [
      ...(this.byName.get(name) ?? []),
      ...this.byPattern
        .filter(({ patterns }) => patterns.some((pattern) => matchesPattern(name, pattern)))
        .map(({ index }) => index),
    ].sort((a, b) => a - b);
    return KEYWORDS.map((keyword) => {
      const those = candidates.filter((i) => this.settings[i]?.keyword === keyword && this.mayHold(name, i));
      const sure = those.findIndex((i) => !this.isOpen[i]);
      return those.slice(0, sure === -1 ? those.length : sure + 1).join();
    }).join(' ');
  }

  private mayHold(name: string, index: number): boolean {
    const condition: Condition = this.settings[index]?.condition ?? [];
    return condition.every((header) => {
      const patterns = hostPatterns(header);
      if (!patterns) return true;
      const matches = (pattern: string): boolean => matchesPattern(name, pattern);
      return patterns.positive.some(matches) && !patterns.negative.some(matches);
    });
  }
}

function isOpen(header: Statement): boolean {
  return header.keyword === 'match' && !isUniversal(header);
}

/** These criteria have the same outcome for every name; `exec` has it on the scratch copies. */
const SAME_FOR_ALL = new Set([
  'all',
  'exec',
  'canonical',
  'final',
  'localuser',
  'localnetwork',
  'version',
  'sessiontype',
  'command',
]);

function dependsOnMore(header: Statement): boolean {
  return header.keyword === 'match' && criteria(header).some(({ name }) => !SAME_FOR_ALL.has(name));
}
