// `fleet check`, `apply` and `remove`: what is sent, how it is followed, and what becomes of each node's result.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SshKeepaliveTarget } from '../../../lib';
import { deployToFake } from '../../support/deploy-to-fake';
import { ServiceError } from '../../support/fake-ssm/protocol';
import { BUNDLE } from '../command-line';
import { TestFleet, detailOf, idOf, statesOf } from './fleet';

let fleet: TestFleet;
beforeEach(async () => void (fleet = await TestFleet.start()));
afterEach(() => fleet.stop());

/** The requests of an operation. */
function requests(operation: string): Readonly<Record<string, unknown>>[] {
  return fleet.fake.calls.filter((call) => call.operation === operation).map(({ input }) => input);
}

const DRIFTED = { interval: 0, countMax: 3 };
const MATCH =
  'Match blocks can set other values for some connections. These lines set them:\n' +
  '/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf:2:ClientAliveInterval 60\n/etc/ssh/sshd_config:90:  ClientAliveInterval 0';

test('check reads the verdict of every node', async () => {
  fleet.add(1);
  fleet.add(2, DRIFTED);
  fleet.add(3, { matchLines: MATCH.split('\n').slice(1) });
  fleet.add(4, { output: '' });
  fleet.add(5, { output: 'hello\n' });
  fleet.add(6, {}, { platform: 'Windows' });
  fleet.add(7, {}, { ping: 'ConnectionLost', lastPing: new Date('2026-11-01T10:00:00Z') });
  fleet.add(8, {}, { ping: 'never' });
  fleet.add(9, {}, { agentVersion: '3.3.2299.0' });
  fleet.add(10, {}, { run: () => Promise.resolve({ status: undefined, stdout: '', stderr: '' }) });
  fleet.add(11, {}, { run: () => Promise.resolve({ status: 127, stdout: '', stderr: 'sh: not found' }) });
  const report = await fleet.json('check --yes');
  expect(statesOf(report)).toEqual({
    1: 'correct',
    2: 'drifted',
    3: 'overridden',
    4: 'skipped',
    5: 'skipped',
    6: 'unreachable',
    7: 'unreachable',
    8: 'unreachable',
    9: 'correct',
    10: 'failed',
    11: 'failed',
  });
  expect([2, 3, 5, 6, 7].map((n) => detailOf(report, n))).toEqual([
    'was 0/3, desired 60/120 (values)',
    'Match blocks set other values: /etc/ssh/sshd_config:90',
    'no verdict: hello',
    'Windows is not supported, only Linux',
    'offline since 2026-11-01T10:00:00.000Z',
  ]);
  expect(report.status).toBe(1);
  expect(requests('SendCommand')).toMatchObject([
    {
      Targets: [{ Key: 'tag:cdk-ssh-keepalive', Values: ['Web/SshKeepalive'] }],
      Parameters: { Action: ['Check'], ClientAliveInterval: ['60'], ClientAliveCountMax: ['120'] },
      MaxErrors: '100%',
      TimeoutSeconds: 120,
    },
  ]);
});

test('apply changes what differs and says what it was; check agrees; remove removes it', async () => {
  fleet.add(1);
  fleet.add(2, DRIFTED);
  fleet.add(3, {
    ...DRIFTED,
    failure: { reason: 'cannot-restart', text: 'A restart would change the sockets of sshd.' },
  });
  const applied = await fleet.json('apply --yes --max-errors 100%');
  expect([applied.status, statesOf(applied)]).toEqual([1, { 1: 'correct', 2: 'changed', 3: 'failed' }]);
  expect(detailOf(applied, 2)).toBe('was 0/3, now 60/120');
  expect(detailOf(applied, 3)).toMatch(/^cannot-restart: A restart would change the sockets/);
  expect(statesOf(await fleet.json('check --yes'))).toEqual({ 1: 'correct', 2: 'correct', 3: 'drifted' });
  const removed = await fleet.json(`remove --yes --instance-ids ${idOf(1)},${idOf(2)}`);
  expect([removed.status, removed.totals]).toEqual([0, { removed: 2 }]);
  expect((await fleet.json('check --yes')).totals).toEqual({ drifted: 3 });
});

test('the values are those of the construct', async () => {
  await fleet.stop();
  fleet = await TestFleet.start({ interval: 30, countMax: 5 });
  fleet.add(1);
  const report = await fleet.json('apply --yes');
  expect(detailOf(report, 1)).toBe('was 60/120, now 30/5');
});

test('too many errors end Apply; the nodes that were not started are named', async () => {
  for (let n = 1; n <= 5; n++) fleet.add(n, { ...DRIFTED, failure: { reason: 'write', text: 'The disk is full.' } });
  const report = await fleet.json('apply --yes --max-concurrency 1 --max-errors 1');
  expect(report.totals).toEqual({ failed: 2, 'not-run': 3 });
  expect(detailOf(report, 5)).toBe('not started: too many errors on other nodes (--max-errors)');
});

describe('Targets', () => {
  test('are tags: values of a key widen, keys narrow', async () => {
    fleet.add(1, {}, { tags: { env: 'a', role: 'web' } });
    fleet.add(2, {}, { tags: { env: 'b', role: 'web' } });
    fleet.add(3, {}, { tags: { env: 'c', role: 'web' } });
    fleet.add(4, {}, { tags: { env: 'a', role: 'db' } });
    expect(statesOf(await fleet.json('check --yes --tag env=a --tag env=b --tag role=web'))).toEqual({
      1: 'correct',
      2: 'correct',
    });
  });

  test('are ids, in commands of 50; those that are not online are not sent to', async () => {
    for (let n = 1; n <= 120; n++) fleet.add(n);
    fleet.add(121, {}, { ping: 'ConnectionLost' });
    const ids = Array.from({ length: 122 }, (_, i) => idOf(i + 1));
    const report = await fleet.json(`apply --yes --instance-ids ${ids.join(' ')}`);
    expect(report.totals).toEqual({ correct: 120, unreachable: 2 });
    expect(requests('SendCommand').map(({ InstanceIds }) => (InstanceIds as string[]).length)).toEqual([50, 50, 20]);
    expect(report.constructs[0]?.commandIds).toHaveLength(3);
  });

  test('after too many errors in one command of 50 the next one is not sent', async () => {
    for (let n = 1; n <= 60; n++) fleet.add(n, { ...DRIFTED, failure: { reason: 'write', text: 'Full.' } });
    const ids = Array.from({ length: 60 }, (_, i) => idOf(i + 1));
    const report = await fleet.json(`apply --yes --max-errors 3 --max-concurrency 1 --instance-ids ${ids.join(' ')}`);
    expect(report.totals).toEqual({ failed: 4, 'not-run': 56 });
    expect(requests('SendCommand')).toHaveLength(1);
  });

  test('are the nodes of what fleet status --json wrote, from a file or stdin', async () => {
    fleet.add(1, DRIFTED);
    fleet.add(2);
    fleet.add(3, {}, { ping: 'never' });
    await fleet.fake.associations.run(fleet.association);
    const { stdout } = await fleet.run('status --json');
    writeFileSync(fleet.home.path('status.json'), stdout);
    expect(statesOf(await fleet.json('check --yes --targets-file status.json'))).toEqual({
      1: 'correct',
      2: 'correct',
      3: 'unreachable',
    });
    expect(requests('SendCommand')).toMatchObject([{ InstanceIds: [idOf(1), idOf(2)] }]);
    const some = JSON.stringify({ nodes: [{ id: idOf(2) }] });
    expect(statesOf(await fleet.json('check --yes --targets-file -', { input: some }))).toEqual({ 2: 'correct' });
  });

  test.each([
    ['not JSON', 'x', 'is not JSON'],
    ['another document', '{}', "has no list 'nodes'"],
    ['a node without an id', '{"nodes":[{}]}', 'has a node without an id'],
    [
      'a node of another construct',
      JSON.stringify({ nodes: [{ id: idOf(1), construct: 'Db/SshKeepalive' }] }),
      "-: all nodes must be of Web/SshKeepalive, got: one of 'Db/SshKeepalive'. Give --stack or --document",
    ],
    [
      'nodes of another Region',
      JSON.stringify({ region: 'us-east-1', nodes: [{ id: idOf(1) }] }),
      "-: the nodes must be in eu-west-1, got: 'us-east-1'. Give the --region of the file.",
    ],
    ['an id that is none', '{"nodes":[{"id":"web\\u001b[2J"}]}', "must be ids of nodes, got: 'web\\u001b[2J'"],
  ])('a file with %s is wrong usage', async (_, input, message) => {
    const { status, stderr } = await fleet.run('check --yes --targets-file -', { input });
    expect([status, stderr]).toEqual([2, expect.stringContaining(message) as string]);
    expect(requests('SendCommand')).toEqual([]);
  });

  test('are nodes of a pipe that has nothing yet', async () => {
    fleet.add(1);
    const args = [BUNDLE, 'fleet', 'check', '--yes', '--json', '--targets-file', '-'];
    const child = spawn(process.execPath, args, { env: { ...fleet.home.env, ...fleet.fake.env } });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    const closed = new Promise((resolve) => child.once('close', resolve));
    // Longer than the program takes to start: until then, it could not find the pipe empty.
    await sleep(1000);
    child.stdin.end(JSON.stringify({ nodes: [{ id: idOf(1) }] }));
    expect([await closed, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ totals: { correct: 1 } })]);
  });

  test('are the nodes of a file without nodes: nothing to do, exit 0', async () => {
    fleet.add(1);
    const { status, stdout, stderr } = await fleet.run('apply --yes --targets-file -', { input: '{"nodes":[]}' });
    expect([status, stdout, stderr]).toEqual([0, '', '-: no nodes, nothing to do.\n']);
    const report = await fleet.json('apply --yes --targets-file -', { input: '{"nodes":[]}' });
    expect(report).toMatchObject({ status: 0, nodes: [], ok: true });
    expect(requests('SendCommand')).toEqual([]);
  });

  test('of several constructs go to the document of each; tags and ids need the document of one', async () => {
    const other = deployToFake(fleet.fake, { stack: 'Db', targets: [SshKeepaliveTarget.tag('role', 'db')] });
    fleet.add(1);
    fleet.add(2, {}, { tags: { role: 'db' } });
    const report = await fleet.json('check --yes');
    expect(requests('SendCommand').map(({ DocumentName }) => DocumentName)).toEqual([
      fleet.deployed.documentName,
      other.documentName,
    ]);
    expect(report.totals).toEqual({ correct: 2 });
    const { status, stderr } = await fleet.run('check --yes --tag role=db');
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('need exactly one construct, got: 2 (Web/SshKeepalive, Db/SshKeepalive)') as string,
    ]);
    expect(statesOf(await fleet.json('check --yes --stack Db --tag role=db'))).toEqual({ 2: 'correct' });
  });

  test('that match nothing: exit 1, nothing is sent, and what to check', async () => {
    const { status, stderr } = await fleet.run('check --yes --tag none=x');
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('Web/SshKeepalive: no node matches the targets tag:none=x. Check the tags') as string,
    ]);
    expect(requests('SendCommand')).toEqual([]);
    expect(await fleet.json('check --yes --tag none=x')).toMatchObject({ status: 1, ok: false });
  });

  test('of a construct that match nothing are named beside another construct, exit 1', async () => {
    deployToFake(fleet.fake, { stack: 'Db' });
    fleet.add(1);
    const report = await fleet.json('check --yes');
    expect(report).toMatchObject({
      status: 1,
      ok: false,
      totals: { correct: 1 },
      constructs: [{ unmatched: [] }, { unmatched: ['tag:cdk-ssh-keepalive=Db/SshKeepalive'] }],
    });
  });

  test('of a resource group are not counted before the run; an empty group is named', async () => {
    const { documentName } = deployToFake(fleet.fake, {
      stack: 'Db',
      targets: [SshKeepaliveTarget.resourceGroup('Servers')],
    });
    fleet.add(1, {}, { tags: {} });
    fleet.fake.nodes.groups.set('Servers', [idOf(1)]);
    const dryRun = await fleet.run('apply --dry-run --stack Db --max-errors 0');
    expect(dryRun.stderr).not.toContain('0 nodes');
    expect(dryRun.stderr).toMatch(
      /\n {2}nodes: those of the resource group, not listed before the run\n {2}max concurrency 10%, max errors 0: stops after the first error\n/,
    );
    expect((await fleet.json(`check --yes --document ${documentName}`)).totals).toEqual({ correct: 1 });
    fleet.fake.nodes.groups.set('Servers', []);
    expect(await fleet.json('check --yes --stack Db')).toMatchObject({
      status: 1,
      constructs: [{ unmatched: ['resource-groups:Name=Servers'] }],
    });
  });

  test.each(['--max-errors 3', '--max-errors 5%'])('share %s over the commands of a run', async (option) => {
    // Two of the first 50 fail, then all: the fourth error of 60 nodes ends the run.
    for (let n = 1; n <= 60; n++)
      fleet.add(n, n <= 2 || n > 50 ? { ...DRIFTED, failure: { reason: 'write', text: 'Full.' } } : {});
    const ids = Array.from({ length: 60 }, (_, i) => idOf(i + 1));
    writeFileSync(fleet.home.path('nodes.json'), JSON.stringify({ nodes: ids.map((id) => ({ id })) }));
    const report = await fleet.json(`apply --yes ${option} --max-concurrency 1 --targets-file nodes.json`);
    expect(report.totals).toEqual({ failed: 4, 'not-run': 8, correct: 48 });
    expect(requests('SendCommand').map(({ MaxErrors }) => MaxErrors)).toEqual(['3', '1']);
  });

  test('of another construct are left alone after too many errors', async () => {
    deployToFake(fleet.fake, { stack: 'Db' });
    fleet.add(1, { ...DRIFTED, failure: { reason: 'write', text: 'Full.' } });
    fleet.add(2, DRIFTED, { tags: { 'cdk-ssh-keepalive': 'Db/SshKeepalive' } });
    const report = await fleet.json('apply --yes --max-errors 0');
    expect([statesOf(report), detailOf(report, 2)]).toEqual([
      { 1: 'failed', 2: 'not-run' },
      'not started: too many errors on other nodes (--max-errors)',
    ]);
    expect(requests('SendCommand')).toHaveLength(1);
  });

  test.each([
    ['remove --tag team=a team=b --max-errors 0', 'remove --max-errors 0 --tag team=a team=b'],
    [`check --instance-ids ${idOf(1)} --max-errors 3`, `check --max-errors 3 --instance-ids ${idOf(1)}`],
    ['check --targets-file nodes.json', 'check --targets-file nodes.json'],
    ['check --targets-file -', 'check --targets-file -  # with the same targets'],
  ])('are those of the next command: after fleet %s', async (line, next) => {
    fleet.add(1, {}, { tags: { team: 'a' }, run: () => Promise.resolve({ status: 127, stdout: '', stderr: '' }) });
    const input = JSON.stringify({ nodes: [{ id: idOf(1) }] });
    writeFileSync(fleet.home.path('nodes.json'), input);
    const { stderr } = await fleet.run(line.replace(' ', ' --yes '), { input });
    expect(stderr).toContain(`try again:\n  npx cdk-ssh-keepalive fleet ${next}\n`);
  });

  test('of a command that was picked up are not widened by the next command', async () => {
    fleet.add(1, DRIFTED);
    const [id] = (await fleet.json(`check --yes --instance-ids ${idOf(1)}`)).constructs[0]?.commandIds ?? [];
    const { stderr } = await fleet.run(`check --command-id ${id}`);
    expect(stderr).toContain('fleet apply --instance-ids ...  # with the same targets\n');
  });
});

test('--dry-run shows what would be touched, and sends nothing', async () => {
  fleet.add(1);
  fleet.add(2, {}, { ping: 'never' });
  const { status, stdout, stderr } = await fleet.run('apply --dry-run');
  expect([status, stdout]).toEqual([0, '']);
  expect(stderr).toBe(
    `Apply with ClientAliveInterval 60, ClientAliveCountMax 120: Web/SshKeepalive (document ${fleet.deployed.documentName})\n` +
      '  targets: tag:cdk-ssh-keepalive=Web/SshKeepalive\n  2 nodes: 1 online, 1 never registered\n' +
      '  max concurrency 10%, max errors 10%\nNothing was sent (--dry-run).\n',
  );
  expect(JSON.parse((await fleet.run('apply --dry-run --json')).stdout)).toMatchObject({
    command: 'apply',
    dryRun: true,
  });
  expect(requests('SendCommand')).toEqual([]);
});

test('--dry-run exits with 1 if targets match no node', async () => {
  fleet.add(1, {}, { tags: { team: 'a' } });
  const { status, stderr } = await fleet.run('apply --dry-run --tag team=b');
  expect([status, stderr]).toEqual([1, expect.stringContaining('  0 nodes\n')]);
  expect((await fleet.run('apply --dry-run --tag team=a')).status).toBe(0);
});

describe('A service that is eventually consistent', () => {
  test('loses no node: empty lists after sending, and lists that lack nodes, are read again', async () => {
    for (let n = 1; n <= 103; n++) fleet.add(n);
    fleet.fake.faults.lag = { ListCommands: 2, ListCommandInvocations: 1 };
    fleet.fake.faults.incompleteLists = 1;
    const report = await fleet.json('check --yes');
    expect([report.status, report.totals]).toEqual([0, { correct: 103 }]);
  });

  test('that never lists a node: an error, and how to read the results again', async () => {
    for (let n = 1; n <= 3; n++) fleet.add(n);
    fleet.fake.faults.incompleteLists = 100;
    const { status, stdout, stderr } = await fleet.run('check --yes');
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      /Run Command lists 2 of 3 results of [0-9a-f-]{36}\. [^]*To resume:\n {2}npx cdk-ssh-keepalive fleet check --command-id [0-9a-f-]{36}\n$/,
    );
  });

  test('that throttles is asked again, SendCommand too', async () => {
    for (let n = 1; n <= 60; n++) fleet.add(n);
    for (const operation of ['SendCommand', 'ListCommands', 'ListCommandInvocations', 'DescribeInstanceInformation']) {
      fleet.fake.faults.throttle(2, operation);
    }
    expect((await fleet.json('check --yes')).totals).toEqual({ correct: 60 });
  });

  test('and cuts connections is asked again; a command whose answer was lost is not sent twice', async () => {
    fleet.add(1, DRIFTED);
    for (const operation of ['SendCommand', 'ListCommands', 'GetResources']) fleet.fake.faults.cut(1, operation);
    const report = await fleet.json('apply --yes');
    expect(detailOf(report, 1)).toBe('was 0/3, now 60/120');
    expect(requests('SendCommand')).toHaveLength(1);
  });
});

test('polls the counters, and reads the details once', async () => {
  for (let n = 1; n <= 60; n++) fleet.add(n, { runMs: 1500 });
  await fleet.json('check --yes');
  expect(requests('ListCommands').length).toBeGreaterThan(1);
  expect(requests('ListCommandInvocations')).toHaveLength(2);
  expect(requests('GetCommandInvocation')).toHaveLength(0);
});

test('the progress is in plain lines where there is no terminal', async () => {
  fleet.add(1, DRIFTED);
  fleet.add(2);
  const { stderr } = await fleet.run('check --yes');
  expect(stderr).toMatch(
    /^Check with [^]*\nSent Check to tag:cdk-ssh-keepalive=Web\/SshKeepalive: command [0-9a-f-]{36}\n[^]*2 of 2 done, 1 failed or drifted\n/,
  );
  expect(stderr).not.toContain('\r');
});

describe('--command-id', () => {
  test('picks up a command that was sent before', async () => {
    fleet.add(1, DRIFTED);
    fleet.add(2);
    const [id] = (await fleet.json('check --yes')).constructs[0]?.commandIds ?? [];
    const report = await fleet.json(`check --command-id ${id}`);
    expect(statesOf(report)).toEqual({ 1: 'drifted', 2: 'correct' });
    expect(requests('SendCommand')).toHaveLength(1);
    const wrong = await fleet.run(`apply --command-id ${id}`);
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      expect.stringContaining(
        `--command-id: must be a command of 'fleet apply', got: ${id} of 'fleet check'. Run fleet check --command-id ${id}.`,
      ) as string,
    ]);
  });

  test('of somebody else is refused, and neither followed nor cancelled', async () => {
    fleet.add(1, { runMs: 120_000 });
    const order = {
      DocumentName: fleet.deployed.documentName,
      InstanceIds: [idOf(1)],
      Parameters: { Action: ['Apply'] },
    };
    const { Command } = fleet.fake.commands.sendCommand(order) as { Command: { CommandId: string } };
    const { status, stderr } = await fleet.run(`apply --command-id ${Command.CommandId}`);
    expect(fleet.fake.count('CancelCommand')).toBe(0);
    fleet.fake.commands.cancelCommand(Command);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(
        `--command-id: must be a command of 'fleet apply', got: ${Command.CommandId}, which fleet has not sent.`,
      ) as string,
    ]);
  });

  test('of several constructs shows the results of each', async () => {
    deployToFake(fleet.fake, { stack: 'Db' });
    fleet.add(1);
    fleet.add(2, {}, { tags: { 'cdk-ssh-keepalive': 'Db/SshKeepalive' } });
    const ids = (await fleet.json('check --yes')).constructs.flatMap(({ commandIds }) => commandIds);
    const report = await fleet.json(`check --command-id ${ids.join(' ')}`);
    expect(report.constructs.map(({ construct, commandIds }) => [construct, commandIds])).toEqual([
      ['Web/SshKeepalive', [ids[0]]],
      ['Db/SshKeepalive', [ids[1]]],
    ]);
    expect(report.totals).toEqual({ correct: 2 });
  });

  test('of a document that was replaced since shows outdated results', async () => {
    fleet.add(1);
    const [id] = (await fleet.json('check --yes')).constructs[0]?.commandIds ?? [];
    fleet.fake.documents.remove(fleet.deployed.documentName);
    deployToFake(fleet.fake);
    const report = await fleet.json(`check --command-id ${id}`);
    expect([statesOf(report), detailOf(report, 1)]).toEqual([
      { 1: 'outdated' },
      `ran the document ${fleet.deployed.documentName}, which is not deployed any more`,
    ]);
  });
});

describe('Credentials', () => {
  test('that have expired: nothing is sent, and how to sign in', async () => {
    fleet.fake.faults.expire();
    const { status, stdout } = await fleet.run('check --yes --json');
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { message: expect.stringContaining('The credentials have expired: aws sso login') as string },
    });
  });

  test('that expire while a command runs: how to pick it up', async () => {
    fleet.add(1);
    fleet.fake.faults.fail(
      9,
      new ServiceError('ExpiredTokenException', 'The security token is expired'),
      'ListCommands',
    );
    const { status, stderr } = await fleet.run('check --yes --stack Web');
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /The credentials have expired: [^]*\nThe commands continue at AWS\. To resume:\n {2}npx cdk-ssh-keepalive fleet check --command-id [0-9a-f-]{36} --stack Web\n$/,
    );
  });

  test('that expire between two commands: which nodes were not sent to', async () => {
    for (let n = 1; n <= 60; n++) fleet.add(n);
    const ids = Array.from({ length: 60 }, (_, i) => idOf(i + 1));
    fleet.fake.faults.fail(9, new ServiceError('ExpiredTokenException', 'Expired'), 'ListCommands');
    const { stderr } = await fleet.run(`apply --yes --instance-ids ${ids.join(' ')}`);
    expect(stderr).toMatch(
      /To resume:\n {2}npx [^\n]* --command-id [0-9a-f-]{36}\nNot sent: 10 nodes\. Run the same command again for them\.\n$/,
    );
  });

  test('without a permission: which action is missing, and where the policy is', async () => {
    fleet.fake.faults.allowedActions = new Set(['ssm:ListDocuments']);
    const { status, stderr } = await fleet.run('status');
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(
        /not authorized to perform: ssm:ListAssociations\. docs\/fleet\.md lists the permissions/,
      ) as string,
    ]);
  });
});
