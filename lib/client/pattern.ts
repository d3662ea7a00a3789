// Host patterns of ssh, with * and ?. Knows nothing about their blocks.

/** Whether the pattern can match more than one name. */
export function isWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Whether some name matches both patterns. */
export function overlap(a: string, b: string): boolean {
  // Cached, because two patterns with many stars would otherwise need exponential time.
  const known = new Map<string, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = `${i} ${j}`;
    const answer = known.get(key) ?? compare(i, j);
    known.set(key, answer);
    return answer;
  };
  const compare = (i: number, j: number): boolean => {
    if (i === a.length || j === b.length) return /^\**$/.test(a.slice(i) + b.slice(j));
    if (a[i] === '*' || b[j] === '*') return from(i + 1, j) || from(i, j + 1);
    return (a[i] === b[j] || a[i] === '?' || b[j] === '?') && from(i + 1, j + 1);
  };
  return from(0, 0);
}
