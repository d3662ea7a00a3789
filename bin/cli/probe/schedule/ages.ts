// The ages at which connections are tested: a geometric series, so that the answer comes within a fixed ratio of any limit.

/** In seconds: shorter limits drop sessions while you read a line. */
export const FIRST_AGE = 2;

/** Each age is this many times the one before. A smaller ratio finds a limit earlier and needs more connections. */
export const RATIO = 1.2;

/** The ages in seconds from the first to `max`, which is always the last. */
export function agesUpTo(max: number): number[] {
  const ages: number[] = [];
  for (let age = FIRST_AGE; age < max; age *= RATIO) ages.push(age);
  return [...ages, max];
}
