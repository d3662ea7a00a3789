// Which of the snippet's hosts the user has already, and which of the user's sections would take values from the rest.
import type { Host } from '../../../../lib/client/host-block';
import { isWildcard, overlap } from '../../../../lib/client/pattern';
import { type Condition, criteria, hostPatterns, isUniversal, namesOfMatch } from '../ssh-config/condition';
import { type ConfigFile, type Found, find } from '../ssh-config/configuration';
import { covers, matchesPattern } from '../ssh-config/host-pattern';

/** What our hosts set, and what competes with it: of ProxyCommand and ProxyJump, ssh takes the first. */
export const HOST_KEYWORDS = ['hostname', 'user', 'port', 'identityfile', 'proxycommand', 'proxyjump'];

/** A name that is left to the user's own section. */
export interface LeftOut {
  readonly pattern: string;
  readonly file: ConfigFile;
  readonly line: number;
}

/** Our hosts, next to the user's. */
export interface NamedHosts {
  /** What remains of them, with a negation where a section of the user is for a part of a pattern. */
  readonly hosts: readonly Host[];
  readonly leftOut: readonly LeftOut[];
  /** The first section of the main file that must stand below them; undefined when all may stand above. */
  readonly before: number | undefined;
}

/** Looks for them among the user's. */
export function compareHosts(root: ConfigFile, ours: readonly Host[]): NamedHosts {
  const keywords = new Set(ours.flatMap(keywordsOf));
  const theirs = find(root, [...keywords]);
  const names = new Patterns(ours.flatMap(({ patterns }) => patterns));
  const own = new Map<string, Found>();
  for (const statement of theirs) {
    for (const pattern of narrowPatterns(statement.condition)) {
      if (!own.has(pattern) && names.covering(pattern)) own.set(pattern, statement);
    }
  }
  const hosts = ours.map((host) => withoutOwn(host, own)).filter(({ patterns }) => !patterns.every(isNegated));
  const remaining = new Patterns(hosts.flatMap(({ patterns }) => patterns).filter((pattern) => !isNegated(pattern)));
  const addresses = hosts.flatMap(({ hostName }) => (hostName ? [hostName.text.toLowerCase()] : []));
  const known = { names: remaining, hostNames: new Patterns(addresses) };
  const competing = theirs.find(({ condition }) => condition.every((header) => mayTake(header, known)));
  return {
    hosts,
    leftOut: [...own].map(([pattern, { file, condition, line }]) => ({
      pattern,
      file,
      line: condition.at(-1)?.line ?? line,
    })),
    before: hosts.length === 0 ? undefined : competing?.section,
  };
}

function keywordsOf({ hostName, user, port, identityFile, proxyCommand }: Host): string[] {
  return [
    ...(hostName === undefined ? [] : ['hostname']),
    ...(user === undefined ? [] : ['user']),
    ...(port === undefined ? [] : ['port']),
    ...(identityFile === undefined ? [] : ['identityfile']),
    ...(proxyCommand === undefined ? [] : ['proxycommand', 'proxyjump']),
  ];
}

const isNegated = (pattern: string): boolean => pattern.startsWith('!');

/** The patterns of a condition that are for less than everybody. */
function narrowPatterns(condition: Condition): string[] {
  return condition
    .filter((header) => !isUniversal(header))
    .flatMap((header) => hostPatterns(header)?.positive ?? namesOfMatch(header));
}

function withoutOwn(host: Host, own: ReadonlyMap<string, Found>): Host {
  const kept = host.patterns.filter((pattern) => !own.has(pattern));
  const parts = kept.filter(isWildcard).flatMap((pattern) => [...own.keys()].filter((other) => covers(pattern, other)));
  return parts.length + kept.length === host.patterns.length && parts.length === 0
    ? host
    : { ...host, patterns: [...kept, ...new Set(parts.map((pattern) => `!${pattern}`))] };
}

interface Known {
  readonly names: Patterns;
  readonly hostNames: Patterns;
}

/** Whether a section may set something for one of ours; in doubt yes. */
function mayTake(header: Condition[number], { names, hostNames }: Known): boolean {
  const patterns = hostPatterns(header);
  if (patterns) return patterns.positive.some((pattern) => names.meets(pattern));
  return criteria(header).every(({ name, isNegated, value }) => {
    if (isNegated || (name !== 'host' && name !== 'originalhost')) return true;
    // Names are compared in lower case here.
    return value.split(',').some((pattern) => {
      const isOf = (known: Patterns): boolean => known.meets(pattern) || known.meets(pattern.toLowerCase());
      return pattern.startsWith('!') || isOf(names) || (name === 'host' && isOf(hostNames));
    });
  });
}

/** Many patterns, most of which are names, so that a large configuration is compared in one go. */
class Patterns {
  private readonly names: ReadonlySet<string>;
  private readonly wildcards: readonly string[];

  public constructor(patterns: readonly string[]) {
    this.names = new Set(patterns.filter((pattern) => !isWildcard(pattern)));
    this.wildcards = patterns.filter(isWildcard);
  }

  /** Whether one of them is for all that the pattern is for. */
  public covering(pattern: string): boolean {
    return this.names.has(pattern) || this.wildcards.some((wide) => covers(wide, pattern));
  }

  /** Whether one of them has a name in common with the pattern, which is not for a part of it only. */
  public meets(pattern: string): boolean {
    if (!isWildcard(pattern)) return this.names.has(pattern);
    return (
      [...this.names].some((name) => matchesPattern(name, pattern)) ||
      this.wildcards.some((other) => overlap(other, pattern) && !covers(other, pattern))
    );
  }
}
