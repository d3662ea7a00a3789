// docs/fleet.md is true: its commands are run, its tables are those of the program, and its policies are what each command
// needs and no more.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATES } from '../../bin/cli/fleet/results/state';
import { BUNDLE } from '../cli/command-line';
import { TestFleet, idOf } from '../cli/fleet/fleet';
import { atTerminal } from '../support/pseudo-terminal';
import { describeWith } from '../support/requirements';
import { codeBlocks, table } from './pages';

const PAGE = 'docs/fleet.md';
const COMMANDS = codeBlocks(PAGE)
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.split('\n'))
  .filter((line) => line.startsWith('npx cdk-ssh-keepalive fleet '))
  .map((line) => line.replace(/ +#.*/, ''));

let fleet: TestFleet;
beforeEach(async () => {
  fleet = await TestFleet.start();
  fleet.add(1);
  fleet.add(2, { interval: 0, countMax: 3, failure: { reason: 'write', text: 'The disk is full.' } });
  await fleet.fake.associations.run(fleet.association);
});
afterEach(() => fleet.stop());

/** The actions of a policy of the page. */
function actionsOf(name: string): string[] {
  const { code = '' } = codeBlocks(PAGE).find((block) => block.kind === 'policy' && block.name === name) ?? {};
  const { Statement } = JSON.parse(code) as { Statement: { Action: string | string[] }[] };
  return [...new Set(Statement.flatMap(({ Action }) => Action))].sort();
}

/** The actions that were done. */
const actionsDone = (): string[] => [...new Set(fleet.fake.calls.map(({ action }) => action))].sort();

describeWith(['script'], 'Every command of the page', () => {
  test.each(COMMANDS.filter((line) => !line.includes('jq')))('%s', async (line) => {
    writeFileSync(fleet.home.path('drifted.json'), JSON.stringify({ nodes: [{ id: idOf(1) }, { id: idOf(2) }] }));
    fleet.fake.nodes.add({
      id: 'i-0123456789abcdef0',
      run: () => Promise.resolve({ status: 0, stdout: '', stderr: '' }),
    });
    const sent = (await fleet.json('check --yes')).constructs[0]?.commandIds[0] ?? '';
    const command = line
      .replace('npx cdk-ssh-keepalive', `'${process.execPath}' '${BUNDLE}'`)
      .replace('01234567-89ab-cdef-0123-456789abcdef', sent);
    const env = { ...fleet.home.env, ...fleet.fake.env };
    const { status, screen } = await atTerminal(`cd '${fleet.home.folder}' && ${command}`, env, [
      [/\[y\/N\] $/, 'y\n'],
    ]);
    expect([status, screen]).toEqual([line.includes('--dry-run') ? 0 : 1, expect.stringMatching(/nodes?\b/) as string]);
  });
});

test('The table of options is that of the help of each command', async () => {
  for (const command of ['status', 'check', 'apply', 'remove']) {
    const { stdout } = await fleet.home.run(['fleet', command, '--help']);
    const inHelp = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    const rows = Object.entries(table(PAGE, '## Options'));
    const inTable = rows.filter(([, [of = '']]) => of === 'all' || of.split(', ').includes(command));
    expect(inTable.map(([option]) => option)).toEqual(inHelp);
  }
});

test('The README has no other commands of fleet than the page', () => {
  const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const commands = [...readme.matchAll(/^npx cdk-ssh-keepalive fleet .*/gm)].map(([line]) => line.replace(/ +#.*/, ''));
  expect(commands.length).toBeGreaterThan(0);
  expect(COMMANDS).toEqual(expect.arrayContaining(commands));
});

test('The table of states has every state', () => {
  expect(Object.keys(table(PAGE, '## States'))).toEqual([...STATES]);
});

test('The policy of status is what it needs, and no more', async () => {
  fleet.fake.faults.allowedActions = new Set(actionsOf('status'));
  const report = await fleet.json('status');
  expect(report.totals).toEqual({ failed: 1, correct: 1 });
  expect(actionsDone()).toEqual(actionsOf('status'));
});

test.each(['check', 'apply', 'remove'])(
  'The policy of the others is what fleet %s needs, and no more',
  async (command) => {
    fleet.fake.faults.allowedActions = new Set(actionsOf('run'));
    await fleet.json(`${command} --yes`);
    fleet.add(3, { runMs: 60_000 });
    const args = [BUNDLE, 'fleet', command, '--yes', '--instance-ids', idOf(3)];
    const child = spawn(process.execPath, args, { env: { ...fleet.home.env, ...fleet.fake.env }, stdio: 'ignore' });
    const closed = new Promise((resolve) => child.once('close', resolve));
    const polls = fleet.fake.count('ListCommands');
    while (fleet.fake.count('ListCommands') === polls) await sleep(20);
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(actionsDone()).toEqual(actionsOf('run'));
  },
);
