// How a host of ours and the lines of the user's file compete: which sections are for the same names, and for which.
import type { Host } from '../../../../lib/client/host-block';
import { isWildcard, overlap } from '../../../../lib/client/pattern';
import { type Condition, criteria, holdsFor, hostPatterns, isUniversal, namesOfMatch } from '../ssh-config/condition';
import { type ConfigFile, type Found, find } from '../ssh-config/configuration';
import { covers } from '../ssh-config/host-pattern';
import type { Statement } from '../ssh-config/sections';

/** What a host of ours can set, and what competes with it: of ProxyCommand and ProxyJump, ssh takes the first. */
export const HOST_KEYWORDS = ['hostname', 'user', 'port', 'identityfile', 'proxycommand', 'proxyjump'];

/** The keyword under which ssh keeps the value. */
export function slotOf(keyword: string): string {
  return keyword === 'proxyjump' ? 'proxycommand' : keyword;
}

/** A pattern of a host of ours: the least that is placed or left out. */
export interface Entry {
  readonly host: Host;
  readonly pattern: string;
  /** What the host sets. */
  readonly keywords: ReadonlySet<string>;
}

/** A line of the user that sets, for a name that an entry is for, what the entry sets or where the name leads. */
export interface Conflict {
  readonly statement: Found;
  /**
   * Of the names that the line is for: `same` is exactly the entry's pattern, `narrower` is a name or pattern that the
   * entry's pattern covers, `general` is anything else.
   */
  readonly kind: 'same' | 'narrower' | 'general';
  /** The user's name or pattern; undefined where it is general. */
  readonly narrow: string | undefined;
}

/** The patterns of the hosts, in their order. */
export function entriesOf(hosts: readonly Host[]): Entry[] {
  return hosts.flatMap((host) => {
    const keywords = new Set(keywordsOf(host));
    return host.patterns.map((pattern) => ({ host, pattern, keywords }));
  });
}

function keywordsOf({ hostName, user, port, identityFile, proxyCommand }: Host): string[] {
  return Object.entries({ hostname: hostName, user, port, identityfile: identityFile, proxycommand: proxyCommand })
    .filter(([, value]) => value !== undefined)
    .map(([keyword]) => keyword);
}

/** The conflicts of each entry, in the order in which ssh reads the lines. */
export function findConflicts(root: ConfigFile, entries: readonly Entry[]): Map<Entry, Conflict[]> {
  const conflicts = new Map<Entry, Conflict[]>(entries.map((entry) => [entry, []]));
  const index = new EntryIndex(entries);
  // The lines of a section have the same condition.
  const known = new Map<Condition, (readonly [Entry, Omit<Conflict, 'statement'>])[]>();
  for (const statement of find(root, HOST_KEYWORDS)) {
    const { condition } = statement;
    let related = known.get(condition);
    if (!related) {
      related = index.candidates(condition).flatMap((entry) => {
        const relation = relationOf(condition, entry);
        return relation ? [[entry, relation] as const] : [];
      });
      known.set(condition, related);
    }
    for (const [entry, relation] of related) conflicts.get(entry)?.push({ statement, ...relation });
  }
  return conflicts;
}

/** Finds the entries that a section may be for, without a look at each of them for each of ten thousand sections. */
class EntryIndex {
  private readonly byName = new Map<string, Entry[]>();
  private readonly wildcards: readonly Entry[];

  public constructor(private readonly entries: readonly Entry[]) {
    for (const entry of entries) this.byName.set(entry.pattern, [...(this.byName.get(entry.pattern) ?? []), entry]);
    this.wildcards = entries.filter(({ pattern }) => isWildcard(pattern));
  }

  public candidates(condition: Condition): readonly Entry[] {
    const names = condition
      .map((header) => hostPatterns(header)?.positive)
      .find((patterns) => patterns && !patterns.some(isWildcard));
    if (!names) return this.entries;
    return [...new Set([...names.flatMap((name) => this.byName.get(name) ?? []), ...this.wildcards])];
  }
}

function relationOf(condition: Condition, entry: Entry): Omit<Conflict, 'statement'> | undefined {
  if (!condition.every((header) => mayMatch(header, entry))) return undefined;
  const narrow = condition
    .filter((header) => !isUniversal(header))
    .flatMap((header) => hostPatterns(header)?.positive ?? namesOfMatch(header))
    .filter((pattern) => covers(entry.pattern, pattern));
  const same = narrow.find((pattern) => pattern === entry.pattern);
  const [first] = narrow;
  if (same !== undefined) return { kind: 'same', narrow: same };
  return first === undefined ? { kind: 'general', narrow: undefined } : { kind: 'narrower', narrow: first };
}

/** Whether the header can hold for a name of the entry; in doubt yes. */
function mayMatch(header: Statement, { pattern, host }: Entry): boolean {
  if (!isWildcard(pattern) && header.keyword === 'host') return holdsFor(pattern, header) ?? true;
  const patterns = hostPatterns(header);
  if (patterns) {
    return (
      patterns.positive.some((other) => overlap(other, pattern)) &&
      !patterns.negative.some((other) => covers(other, pattern))
    );
  }
  const addresses = host.hostName ? [host.hostName.text.toLowerCase()] : [];
  return criteria(header).every(({ name, isNegated, value }) => {
    if (isNegated || (name !== 'host' && name !== 'originalhost')) return true;
    // ssh compares these in lower case.
    const own = [pattern, pattern.toLowerCase(), ...(name === 'host' ? addresses : [])];
    return value
      .split(',')
      .some(
        (other) => other.startsWith('!') || own.some((one) => overlap(other, one) || overlap(other.toLowerCase(), one)),
      );
  });
}
