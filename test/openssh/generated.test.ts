// Generated configurations: every invariant on each, on the sshd of every suite, with shrinking to the smallest that
// breaks one. A failure prints the seed and the path to hand to fast-check.
import fc from 'fast-check';
import { configurations, wantedValues } from './generated-configurations';
import { Invariants } from './invariants';
import { startScriptedMachine } from './scripted-machine';
import { describeWithSuites } from './suite-requirements';
import { SUITE_NAMES, type Suite, findSuite } from './suites';

const RUNS_PER_SUITE = Number(process.env.CONFIGS ?? 400);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
jest.setTimeout(3_600_000);

describeWithSuites('On generated configurations', () => {
  // All at once: most of the time goes to sshd processes, and they use every core.
  const examinations = new Map<Suite, Promise<string>>();
  const suites = SUITE_NAMES.map(findSuite);
  beforeAll(() => suites.forEach((suite) => examinations.set(suite, settled(examine(suite)))));

  it.each(suites)("the script is right with $name's sshd", async (suite) => {
    expect(await examinations.get(suite)).toBe('');
  });
});

/** What went wrong, as a text; nothing if nothing did. */
function settled(examination: Promise<void>): Promise<string> {
  return examination
    .then(() => '')
    .catch((error: Error) => [error, error.cause].map((one) => (one instanceof Error ? one.message : '')).join('\n'));
}

async function examine(suite: Suite): Promise<void> {
  // Another one for each, so that together they see more.
  const seed = SEED + SUITE_NAMES.indexOf(suite.name);
  const machine = await startScriptedMachine(suite, 'idle');
  const invariants = new Invariants(machine);
  try {
    const property = fc.asyncProperty(configurations, wantedValues, async (files, wanted) => {
      const { verdict, reason, output } = await invariants.ofDocument(files, wanted);
      // Nothing here is immutable or damaged: only sshd and Match blocks for everybody are in the way.
      if (verdict === 'failed' && !['config', 'overridden'].includes(reason)) throw new Error(output);
    });
    await fc.assert(property, { numRuns: RUNS_PER_SUITE, seed });
  } finally {
    machine.stop();
    process.stdout.write(
      `${suite.name}: ${machine.sshdVersion}, ${invariants.configurations} generated configurations (seed ${seed}), ` +
        `${invariants.checks} checks, ended as ${invariants.summary()}\n`,
    );
  }
}
