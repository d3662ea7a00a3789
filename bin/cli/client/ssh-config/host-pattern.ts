// Names and ssh's patterns for them. Knows nothing of sections.
import { isWildcard } from '../../../../lib/client/pattern';

const compiled = new Map<string, RegExp>();

/** Whether a pattern with * and ? matches the name. */
export function matchesPattern(name: string, pattern: string): boolean {
  return isWildcard(pattern) ? expression(pattern, '.').test(name) : name === pattern;
}

/** Whether whatever the second pattern matches, the first matches too; in doubt no. */
export function covers(wide: string, narrow: string): boolean {
  // A star of the narrow one is taken as a letter, which only a star of the wide one may stand for.
  return isWildcard(wide) ? expression(wide, '[^*]').test(narrow) : wide === narrow;
}

/** A name that the pattern matches. */
export function exampleOf(pattern: string): string {
  return pattern.replace(/[*?]/g, 'x');
}

/** Whether ssh takes it as a name on its command line in every version, and takes nothing else out of it. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);
}

function expression(pattern: string, one: string): RegExp {
  const key = one + pattern;
  let known = compiled.get(key);
  if (!known) {
    // Runs of stars are one, so that fewer ways lead to the same end.
    const source = pattern.replace(/\*+/g, '*').replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    known = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', one)}$`, 's');
    compiled.set(key, known);
  }
  return known;
}
