// Measures contestants in turns (A B C ... A B C ...), so that whatever slows the machine down hits all of them alike.

const SLOW_MS = 500;
const SLOW_TURN = 5;

/** The median milliseconds of each contestant, by its name. Its `prepare`, if it has one, is not in them. */
export function medians(contestants, rounds, onRound, slowMs = SLOW_MS) {
  const times = contestants.map(() => []);
  const isSlow = [];
  // Round 0 warms the caches up and shows who is slow: they take part in every fifth round.
  for (let round = 0; round <= rounds; round++) {
    onRound(round);
    contestants.forEach(({ prepare, run }, index) => {
      if (isSlow[index] && round % SLOW_TURN !== 1) return;
      prepare?.();
      const time = run();
      if (round > 0) times[index].push(time);
      else isSlow[index] = time > slowMs;
    });
  }
  return Object.fromEntries(contestants.map(({ name }, index) => [name, median(times[index])]));
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
