// Ctrl-C while a command runs, with and without a terminal.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Screen, atTerminal } from '../../support/pseudo-terminal';
import { describeWith } from '../../support/requirements';
import { BUNDLE, type Run } from '../command-line';
import { ServiceError } from '../../support/fake-ssm/protocol';
import { TestFleet } from './fleet';

let fleet: TestFleet;
beforeEach(async () => {
  fleet = await TestFleet.start();
  fleet.add(1);
  fleet.add(2, { runMs: 120_000 });
  fleet.add(3, { runMs: 120_000 });
});
afterEach(() => fleet.stop());

/** Runs it, and interrupts it once the command runs on a node. */
async function interrupted(line: string, signals: number): Promise<Run> {
  const args = [BUNDLE, 'fleet', ...line.split(' ')];
  const child = spawn(process.execPath, args, {
    cwd: fleet.home.folder,
    env: { ...fleet.home.env, ...fleet.fake.env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  while (fleet.fake.count('ListCommands') === 0) await sleep(20);
  for (let sent = 0; sent < signals; sent++) {
    child.kill('SIGINT');
    while (fleet.fake.count('CancelCommand') === 0) await sleep(20);
  }
  return { status: await closed, stdout, stderr };
}

test('without a terminal it cancels at AWS, shows what was done, and how to go on', async () => {
  const { status, stdout, stderr } = await interrupted('apply --yes --max-concurrency 2', 1);
  expect(status).toBe(130);
  expect(stderr).toContain('Cancelling at AWS');
  expect(stdout).toMatch(
    /not-run \(2\)\n {2}i-0+2 .* cancelled\n {2}i-0+3 .* cancelled\n\ncorrect \(1\)\n\n3 nodes: 2 not-run, 1 correct\n$/,
  );
  expect(stderr).toMatch(
    /Some nodes have no result\. Run it again:\n {2}npx cdk-ssh-keepalive fleet apply --max-concurrency 2\n$/,
  );
});

test('an error of AWS while cancelling steers no terminal', async () => {
  fleet.fake.faults.fail(9, new ServiceError('InvalidCommandId', 'evil\x1b[2J'), 'CancelCommand');
  const args = [BUNDLE, 'fleet', 'apply', '--yes', '--max-concurrency', '3'];
  const child = spawn(process.execPath, args, { env: { ...fleet.home.env, ...fleet.fake.env } });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const closed = new Promise((resolve) => child.once('close', resolve));
  while (fleet.fake.count('ListCommands') === 0) await sleep(20);
  child.kill('SIGINT');
  while (!stderr.includes('was not cancelled')) await sleep(20);
  child.kill('SIGKILL');
  await closed;
  const [CommandId] = /[0-9a-f-]{36}(?= was not cancelled)/.exec(stderr) ?? [];
  fleet.fake.commands.cancelCommand({ CommandId });
  expect(stderr).toContain('evil\\u001b[2J');
});

test('a second one exits at once', async () => {
  fleet.fake.faults.latencyMs = 300;
  const { status, stdout, stderr } = await interrupted('apply --yes', 2);
  expect([status, stdout]).toEqual([130, '']);
  expect(stderr).toMatch(/Exited before AWS confirmed the cancellation of [0-9a-f-]{36}\.\n$/);
});

describeWith(['script'], 'At a terminal', () => {
  const ask: Answer = [/Run Apply on these nodes\? \[y\/N\] $/, 'y\n'];
  const run = (...answers: Answer[]): Promise<Screen> =>
    atTerminal(
      `'${process.execPath}' '${BUNDLE}' fleet apply --max-concurrency 3`,
      { ...fleet.home.env, ...fleet.fake.env },
      answers,
    );

  test('no answer but yes sends the command', async () => {
    const { status, screen } = await run([/Run Apply on these nodes\? \[y\/N\] $/, '\n']);
    expect([status, screen]).toEqual([1, expect.stringContaining('Nothing was sent.\n') as string]);
    expect(fleet.fake.count('SendCommand')).toBe(0);
  });

  test('it asks once, with a bar that changes; yes cancels', async () => {
    const { status, screen } = await run(ask, [/1 of 3 done/, '\x03'], [/Cancel the command .*\[y\/N\] $/, 'y\n']);
    expect(status).toBe(130);
    expect(screen).toContain('\r\x1b[K[########................] 1 of 3 done');
    expect(screen).toContain('3 nodes: 2 not-run, 1 correct');
  });

  test('no goes on, and the second Ctrl-C at the question is yes', async () => {
    const question = /Cancel the command .*\[y\/N\] $/;
    const { status, screen } = await run(
      ask,
      [/1 of 3 done/, '\x03'],
      [question, 'n\n'],
      [/1 of 3 done/, '\x03'],
      [question, '\x03'],
    );
    expect(status).toBe(130);
    expect(screen.match(/Cancel the command/g)).toHaveLength(2);
    expect(fleet.fake.count('CancelCommand')).toBe(1);
  });
});
