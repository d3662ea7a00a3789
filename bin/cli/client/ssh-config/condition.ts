// When a section counts. A section of an included file counts when the section that includes it does too, so a condition
// is a chain of Host and Match lines, the outermost first.
import { matchesPattern } from './host-pattern';
import { type Statement, decode } from './sections';

/** The Host and Match lines that must all hold. */
export type Condition = readonly Statement[];

/** What a Host line names. */
export interface Patterns {
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

/** The patterns of a Host line; undefined for a Match line. */
export function hostPatterns(header: Statement): Patterns | undefined {
  if (header.keyword !== 'host') return undefined;
  const { args } = header;
  if (!args.some(isNegative)) return { positive: args, negative: [] };
  return {
    positive: args.filter((pattern) => !isNegative(pattern)),
    negative: args.filter(isNegative).map((pattern) => pattern.slice(1)),
  };
}

const isNegative = (pattern: string): boolean => pattern.startsWith('!');

/** Whether it holds for every host, always. */
export function isUniversal(header: Statement): boolean {
  const patterns = hostPatterns(header);
  if (!patterns) return header.args.length === 1 && header.args[0]?.toLowerCase() === 'all';
  return patterns.negative.length === 0 && patterns.positive.some((pattern) => /^\*+$/.test(pattern));
}

/** Whether it holds for this name; undefined where more than the name decides. */
export function holdsFor(name: string, header: Statement): boolean | undefined {
  const patterns = hostPatterns(header);
  if (!patterns) return isUniversal(header) ? true : undefined;
  const matches = (pattern: string): boolean => matchesPattern(name, pattern);
  return patterns.positive.some(matches) && !patterns.negative.some(matches);
}

/** The names that a Match line names, by their HostName or as they were typed, without its other criteria. */
export function namesOfMatch(header: Statement): string[] {
  return criteria(header)
    .filter(({ name, isNegated }) => !isNegated && (name === 'host' || name === 'originalhost'))
    .flatMap(({ value }) => value.split(','))
    .filter((pattern) => pattern !== '' && !pattern.startsWith('!'));
}

/** A criterion of a Match line. */
export interface Criterion {
  readonly name: string;
  readonly isNegated: boolean;
  readonly value: string;
}

const WITHOUT_VALUE = new Set(['all', 'canonical', 'final']);

/** The criteria of a Match line, with a value after a blank or, since OpenSSH 10, after `=`. */
export function criteria({ args }: Statement): Criterion[] {
  const found: Criterion[] = [];
  for (let i = 0; i < args.length; i++) {
    const [, bang, word = '', value] = /^(!?)([^=]*)(?:=(.*))?$/s.exec(args[i] ?? '') ?? [];
    const name = word.toLowerCase();
    const needsNext = value === undefined && !WITHOUT_VALUE.has(name);
    found.push({ name, isNegated: bang === '!', value: needsNext ? (args[++i] ?? '') : (value ?? '') });
  }
  return found;
}

/** For people: `Host web db`, or `every host`. */
export function describeCondition(condition: Condition): string {
  const narrowing = condition.filter((header) => !isUniversal(header));
  if (narrowing.length === 0) return 'every host';
  return narrowing.map(describeHeader).join(', within it ');
}

/** For people: `Match user me`. */
export function describeHeader({ keyword, args }: Statement): string {
  return `${keyword === 'host' ? 'Host' : 'Match'} ${decode(args.join(' '))}`;
}
