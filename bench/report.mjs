// Prints what was measured: a table for people, then the ratios that count. Knows nothing about measuring.

export function printTable(medians, base) {
  const width = Math.max(...Object.keys(medians).map((name) => name.length));
  console.log(`${'contestant'.padEnd(width)}  median ms  / ${base}`);
  for (const [name, ms] of Object.entries(medians)) {
    const ratio = (ms / medians[base]).toFixed(2);
    console.log(`${name.padEnd(width)}  ${ms.toFixed(1).padStart(9)}  ${ratio.padStart(base.length + 2)}`);
  }
}

/** The ratio `of / to` of each goal, printed beside what it should be; returns them by name. */
export function printRatios(medians, goals) {
  const ratios = {};
  for (const { of, to, atMost, atLeast } of goals) {
    const name = `${of} / ${to}`;
    const ratio = medians[of] / medians[to];
    const reached = ratio <= (atMost ?? Infinity) && ratio >= (atLeast ?? 0);
    const wanted = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    console.log(`${ratio.toFixed(2).padStart(7)}  ${name} (${wanted}${reached ? '' : ': not reached'})`);
    ratios[name] = Number(ratio.toFixed(3));
  }
  return ratios;
}
