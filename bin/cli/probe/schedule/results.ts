// What the tests of one direction show together: between which ages the path drops a connection.

/**
 * How a test ended. `no-answer`: no answer, and no message that explains it. `disconnected`: a FIN or a RST ended the connection, during the
 * silence or when it was used again. `closed`: the server ended the session, and the connection worked until then.
 */
export type Outcome = 'alive' | 'no-answer' | 'disconnected' | 'closed';

/** A connection that was silent for an age, in seconds, and what became of it. */
export interface TestResult {
  readonly age: number;
  readonly outcome: Outcome;
  /** Whether it ended although nobody used it, so that the age is the limit and not only above it. */
  readonly whileSilent: boolean;
}

/** Between two ages in seconds lies the limit. */
export interface Bracket {
  /** The oldest connection that was alive; 0 without one. */
  readonly lower: number;
  /** The youngest that was dropped; undefined where none was. */
  readonly upper: number | undefined;
}

/** Who ends silent connections does so within this time, in seconds, of its limit. */
const CLOSING_SECONDS = 1;

/** One that ended during the silence can be an accident; two of the same age are a rule. */
const CLOSINGS_OF_A_RULE = 2;

/** The bracket; a connection that was dropped at an age that another one outlived does not count. */
export function bracketOf(results: readonly TestResult[]): Bracket {
  const alive = Math.max(0, ...results.filter(isAlive).map(({ age }) => age));
  const dropped = results.filter((one) => !isAlive(one) && one.age > alive).map(({ age }) => age);
  const upper = dropped.length > 0 ? Math.min(...dropped) : undefined;
  const closings = results.filter(({ age, whileSilent }) => whileSilent && age > alive).map(({ age }) => age);
  const isRule = (age: number): boolean =>
    closings.filter((other) => Math.abs(other - age) <= CLOSING_SECONDS).length >= CLOSINGS_OF_A_RULE;
  const isClosedByRule = upper !== undefined && closings.some((age) => age - upper <= CLOSING_SECONDS && isRule(age));
  return { lower: isClosedByRule ? Math.max(alive, upper - CLOSING_SECONDS) : alive, upper };
}

/** The connections that were dropped although others lived longer: a path of several routes, or with too little memory. */
export function contradictions(results: readonly TestResult[]): TestResult[] {
  const { lower } = bracketOf(results);
  return results.filter((one) => !isAlive(one) && one.age < lower - CLOSING_SECONDS);
}

function isAlive({ outcome }: TestResult): boolean {
  return outcome === 'alive';
}
