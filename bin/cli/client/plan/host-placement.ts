// Where our hosts go: above the user's general settings, which would win over them, and below the user's own lines for a
// name that a pattern of ours covers. What neither place suits stands with the defaults, at the end.
import type { Host } from '../../../../lib/client/host-block';
import { overlap } from '../../../../lib/client/pattern';
import { type ConfigFile, type Found, find } from '../ssh-config/configuration';
import { matchesPattern } from '../ssh-config/host-pattern';
import { isForEverybody } from '../ssh-config/keepalive';
import type { HostOverride } from '../verify/verify-change';
import { type Conflict, type Entry, entriesOf, findConflicts, slotOf } from './host-conflicts';

/** Why a host of ours is not installed. */
export type Reason =
  /** The user's file has a host of that name. */
  | 'same name'
  /** The pattern would add to a host of the user that is complete without it. */
  | 'your host'
  /** ssh reads the file twice, the second time with a name that the pattern matches. */
  | 'read twice'
  /** The user's general settings, all of which would win. */
  | 'no effect';

/** A name or pattern of ours that is left out, and the line of the user because of which it is. */
export interface LeftOut {
  readonly pattern: string;
  readonly reason: Reason;
  readonly line: Found;
}

/** Our hosts, placed. */
export interface HostPlacement {
  /** For the block of hosts. */
  readonly hosts: readonly Host[];
  /** For the block of defaults, above `Host *`. */
  readonly fallbacks: readonly Host[];
  /** The section of the user's file above which the block of hosts goes; undefined for the end of the file. */
  readonly before: number | undefined;
  readonly leftOut: readonly LeftOut[];
  /** What the user's file sets above our hosts for names that they match. */
  readonly overriddenBy: readonly HostOverride[];
}

/** The hosts, placed in a file of the user. */
export function placeHosts(root: ConfigFile, ours: readonly Host[], isReadTwice: boolean): HostPlacement {
  const entries = entriesOf(ours);
  const secondNames = isReadTwice ? find(root, ['hostname']) : [];
  const conflicts = findConflicts(root, entries);
  const leftOut: LeftOut[] = [];
  const placed: Bounded[] = [];
  for (const entry of entries) {
    const all = conflicts.get(entry) ?? [];
    const reason = obstacle(entry, all) ?? obstacleOfSecondPass(entry, secondNames);
    if (reason) leftOut.push({ pattern: entry.pattern, ...reason });
    else placed.push(boundsOf(entry, all));
  }
  const { top, end, before } = split(placed);
  const useless = end.flatMap((one) => {
    const line = overridesWholly(one);
    return line ? [{ one, line }] : [];
  });
  const fallbacks = end.filter((one) => !useless.some((other) => other.one === one));
  leftOut.push(...useless.map(({ one, line }) => ({ pattern: one.entry.pattern, reason: 'no effect' as const, line })));
  return {
    hosts: regroup(top),
    fallbacks: regroup(fallbacks),
    before,
    leftOut,
    overriddenBy: [
      ...top.flatMap((one) => overridesOf(one, ({ kind }) => kind !== 'general')),
      ...fallbacks.flatMap((one) => overridesOf(one, () => true)),
    ],
  };
}

/** The hosts above everything. */
export function placeHostsFirst(root: ConfigFile, ours: readonly Host[], isReadTwice: boolean): HostPlacement {
  const secondNames = isReadTwice ? find(root, ['hostname']) : [];
  const entries = entriesOf(ours).map((entry) => ({ entry, reason: obstacleOfSecondPass(entry, secondNames) }));
  return {
    hosts: regroup(entries.filter(({ reason }) => !reason).map(({ entry }) => ({ entry }))),
    fallbacks: [],
    before: 0,
    leftOut: entries.flatMap(({ entry, reason }) => (reason ? [{ pattern: entry.pattern, ...reason }] : [])),
    overriddenBy: [],
  };
}

// --- What cannot be installed

const ADDRESS = new Set(['hostname', 'proxycommand']);

function obstacle({ keywords }: Entry, conflicts: readonly Conflict[]): Omit<LeftOut, 'pattern'> | undefined {
  const competing = conflicts.filter(({ statement }) => keywords.has(slotOf(statement.keyword)));
  const same = competing.find(({ kind }) => kind === 'same');
  if (same) return { reason: 'same name', line: same.statement };
  // A host that says itself where it leads is complete; with our ProxyCommand it would lead elsewhere.
  const byName = new Map<string, Conflict[]>();
  for (const conflict of conflicts) {
    if (conflict.narrow === undefined) continue;
    byName.set(conflict.narrow, [...(byName.get(conflict.narrow) ?? []), conflict]);
  }
  for (const lines of byName.values()) {
    const address = lines.find(({ statement }) => ADDRESS.has(slotOf(statement.keyword)));
    const set = new Set(
      lines
        .filter(({ statement }) => statement.condition.every(({ keyword }) => keyword === 'host'))
        .map(({ statement }) => slotOf(statement.keyword)),
    );
    // ssh offers every IdentityFile that it finds, so one more is a change, too.
    const adds = [...keywords].some((keyword) => keyword === 'identityfile' || !set.has(keyword));
    if (address && adds) return { reason: 'your host', line: address.statement };
  }
  return undefined;
}

/** In the second pass, what HostName gave is the name. */
function obstacleOfSecondPass({ pattern }: Entry, hostNames: readonly Found[]): Omit<LeftOut, 'pattern'> | undefined {
  const line = hostNames.find(({ args: [name = ''] }) =>
    name.includes('%') ? overlap(name.replace(/%./g, '*'), pattern) : matchesPattern(name, pattern),
  );
  return line && { reason: 'read twice', line };
}

// --- Between which sections

/** An entry between the sections of the user's file that it must stand below and above. */
interface Bounded {
  readonly entry: Entry;
  readonly competing: readonly Conflict[];
  readonly below: number;
  readonly above: number;
}

function boundsOf(entry: Entry, conflicts: readonly Conflict[]): Bounded {
  const competing = conflicts.filter(({ statement }) => entry.keywords.has(slotOf(statement.keyword)));
  const sections = (isGeneral: boolean): number[] =>
    competing.filter(({ kind }) => (kind === 'general') === isGeneral).map(({ statement }) => statement.section);
  return { entry, competing, below: Math.max(-1, ...sections(false)), above: Math.min(Infinity, ...sections(true)) };
}

/** Those that can stand in one block, and those for the end of the file. */
function split(all: readonly Bounded[]): { top: Bounded[]; end: Bounded[]; before: number | undefined } {
  const lowest = (some: readonly Bounded[]): number => Math.min(Infinity, ...some.map(({ above }) => above));
  const between = all.filter(({ below, above }) => below < above);
  const at = lowest(between);
  const top: Bounded[] = [];
  const end: Bounded[] = [];
  for (const one of all) {
    const fits = one.below < one.above && one.below < at;
    // Ours stay in their order where they are for the same name.
    (fits && !end.some((other) => compete(other.entry, one.entry)) ? top : end).push(one);
  }
  const before = lowest(top);
  return { top, end, before: before === Infinity ? undefined : before };
}

function compete(a: Entry, b: Entry): boolean {
  return overlap(a.pattern, b.pattern) && [...a.keywords].some((keyword) => b.keywords.has(keyword));
}

/** A general line that wins over all that the entry sets, if each keyword has one. */
function overridesWholly({ entry, competing }: Bounded): Found | undefined {
  const lines = [...entry.keywords].map((keyword) =>
    competing.find(
      ({ statement }) =>
        keyword !== 'identityfile' && slotOf(statement.keyword) === keyword && isForEverybody(statement.condition),
    ),
  );
  return lines.every((line) => line !== undefined) ? lines[0]?.statement : undefined;
}

function overridesOf({ entry, competing }: Bounded, isAbove: (conflict: Conflict) => boolean): HostOverride[] {
  return competing
    .filter(isAbove)
    .map(({ statement, narrow }) => ({ pattern: entry.pattern, narrow, line: statement }));
}

/** Hosts again, with those of their patterns that remain. */
function regroup(entries: readonly Pick<Bounded, 'entry'>[]): Host[] {
  const hosts = new Map<Host, string[]>();
  for (const { entry } of entries) hosts.set(entry.host, [...(hosts.get(entry.host) ?? []), entry.pattern]);
  return [...hosts].map(([host, patterns]) => ({ ...host, patterns }));
}
