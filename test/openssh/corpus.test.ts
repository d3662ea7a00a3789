// The corpus: every invariant on every entry, on the sshd of every suite.
import { HANDMADE } from './corpus/handmade';
import { stockEntries } from './corpus/stock';
import { Invariants } from './invariants';
import { startScriptedMachine } from './scripted-machine';
import type { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { SUITE_NAMES, findSuite } from './suites';

const WANTED = { interval: 60, countMax: 120 };
// The first time, a suite is downloaded.
jest.setTimeout(600_000);

describeWithSuites('On the corpus', () => {
  const suites = SUITE_NAMES.map(findSuite);
  const entries = [...stockEntries(suites), ...HANDMADE];

  describe.each(suites)("with $name's sshd", (suite) => {
    let machine: SuiteMachine;
    let invariants: Invariants;
    beforeAll(async () => {
      machine = await startScriptedMachine(suite, 'idle');
      invariants = new Invariants(machine);
    });
    afterAll(() => {
      const { configurations, checks } = invariants;
      process.stdout.write(
        `${suite.name}: ${machine.sshdVersion}, ${configurations} configurations of the corpus, ${checks} checks\n`,
      );
      machine.stop();
    });

    it.each(entries)('the script is right about $name', async ({ files, ends, refusedBy, ...property }) => {
      const { verdict, reason } = await invariants.ofDocument(files, WANTED, property);
      const end = verdict === 'failed' ? reason : verdict;
      expect(end).toBe(refusedBy?.includes(suite.name) ? 'config' : ends);
    });

    it.each(entries)('the snippet is right about $name', async ({ files, ...property }) => {
      await invariants.ofFirstBoot(files, property);
    });
  });
});
