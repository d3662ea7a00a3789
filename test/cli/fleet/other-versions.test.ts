// The documents of other versions of the library beside this version of the command line: VERSIONING.md promises that it reads them.
import { SimulatedMachine } from '../../support/fake-ssm/simulated-machine';
import { TestFleet, detailOf, statesOf } from './fleet';

let fleet: TestFleet;
beforeEach(async () => void (fleet = await TestFleet.start()));
afterEach(() => fleet.stop());

/** The deployed document gets the script of another version. */
function deployOtherScript(): void {
  const { name, content, ...rest } = fleet.fake.documents.find(fleet.deployed.documentName);
  const [step, ...none] = content.mainSteps;
  if (step === undefined || none.length > 0) throw new Error('The document has one step.');
  const runCommand = ['# cdk-ssh-keepalive: the script of another version', ...step.inputs.runCommand.slice(1)];
  fleet.fake.documents.add({
    name,
    content: { ...content, mainSteps: [{ ...step, inputs: { ...step.inputs, runCommand } }] },
    ...rest,
  });
}

test('the results of a document with another script are read and sent as those of this version', async () => {
  deployOtherScript();
  fleet.add(1);
  fleet.add(2, { interval: 0, countMax: 3 });
  await fleet.fake.associations.run(fleet.association);
  const status = await fleet.json('status');
  expect(statesOf(status)).toEqual({ 1: 'correct', 2: 'correct' });
  const check = await fleet.json('check --yes');
  expect([statesOf(check), check.status]).toEqual([{ 1: 'correct', 2: 'correct' }, 0]);
});

test('a verdict with further keys is read, in the output of a command and in the summary of an association', async () => {
  const run: SimulatedMachine['run'] = async (...args) => {
    const { stdout, stderr, status } = await new SimulatedMachine({ interval: 30 }).run(...args);
    const withKeys = (text: string): string =>
      text.replace(/( reason=\S+)/g, '$1 loaded=yes since=2026-11-28T10:00:00Z');
    return { status, stdout: withKeys(stdout), stderr: withKeys(stderr) };
  };
  fleet.add(1, {}, { run });
  const check = await fleet.json('check --yes');
  expect([statesOf(check), detailOf(check, 1)]).toEqual([{ 1: 'drifted' }, 'was 30/120, desired 60/120 (values)']);
  fleet.fake.associations.update(fleet.association, {
    Action: ['Check'],
    ClientAliveInterval: ['60'],
    ClientAliveCountMax: ['120'],
  });
  await fleet.fake.associations.run(fleet.association);
  const status = await fleet.json('status');
  expect([statesOf(status), detailOf(status, 1)]).toEqual([{ 1: 'drifted' }, expect.stringContaining('30/120')]);
});
