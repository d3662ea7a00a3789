// `fleet status`: what it reads from State Manager, and how many calls that takes.
import { SshKeepaliveAction, SshKeepaliveTarget } from '../../../lib';
import { deployToFake } from '../../support/deploy-to-fake';
import { TestFleet, detailOf, idOf, statesOf } from './fleet';

let fleet: TestFleet;
const start = async (...args: Parameters<typeof TestFleet.start>): Promise<void> =>
  void (fleet = await TestFleet.start(...args));
afterEach(() => fleet.stop());

test('shows the state of every node with its reason, and runs nothing', async () => {
  await start();
  fleet.add(1);
  fleet.add(2, {
    interval: 0,
    countMax: 3,
    failure: { reason: 'cannot-restart', text: 'A restart would change the sockets of sshd.' },
  });
  fleet.add(3, {
    interval: 0,
    countMax: 3,
    failure: {
      reason: 'overridden',
      text: 'Match blocks can set other values for some connections. These lines set them:\n/etc/ssh/sshd_config:90:  ClientAliveInterval 0',
    },
  });
  fleet.add(4, {}, { platform: 'Windows' });
  fleet.add(5, {}, { ping: 'ConnectionLost', lastPing: new Date('2026-11-01T10:00:00Z') });
  fleet.add(6, {}, { ping: 'never' });
  await fleet.fake.associations.run(fleet.association);
  fleet.add(7);
  const report = await fleet.json('status');
  expect(statesOf(report)).toEqual({
    1: 'correct',
    2: 'failed',
    3: 'overridden',
    4: 'unreachable',
    5: 'unreachable',
    6: 'unreachable',
    7: 'not-run',
  });
  expect(detailOf(report, 1)).toBe('ClientAliveInterval 60, ClientAliveCountMax 120');
  expect(detailOf(report, 2)).toMatch(/^cannot-restart: A restart would change the sockets/);
  expect(detailOf(report, 3)).toBe('Match blocks set other values: /etc/ssh/sshd_config:90');
  expect(detailOf(report, 4)).toBe('Windows is not supported, only Linux');
  expect(detailOf(report, 5)).toBe('offline since 2026-11-01T10:00:00.000Z');
  expect(detailOf(report, 6)).toMatch(/^never registered/);
  expect(report).toMatchObject({ ok: false, status: 1, totals: { correct: 1, failed: 1, unreachable: 3 } });
  expect(fleet.fake.count('SendCommand')).toBe(0);
});

test('a fleet that is correct exits 0, and the next command is named', async () => {
  await start();
  fleet.add(1);
  fleet.add(2);
  await fleet.fake.associations.run(fleet.association);
  const { status, stdout, stderr } = await fleet.run('status --stack Web');
  expect(status).toBe(0);
  expect(stdout).toBe(
    `Web/SshKeepalive (document ${fleet.deployed.documentName})\n\ncorrect (2)\n\n2 nodes: 2 correct\n`,
  );
  expect(stderr).toBe('To read the values in real time:\n  npx cdk-ssh-keepalive fleet check --stack Web\n');
});

test('a construct that only checks shows the drift with both values', async () => {
  await start({ action: SshKeepaliveAction.CHECK });
  fleet.add(1, { interval: 0, countMax: 3 });
  await fleet.fake.associations.run(fleet.association);
  const report = await fleet.json('status');
  expect([statesOf(report), detailOf(report, 1)]).toEqual([{ 1: 'drifted' }, 'was 0/3, desired 60/120 (values)']);
  expect((await fleet.run('status')).stderr).toContain('npx cdk-ssh-keepalive fleet apply\n');
});

test('merges executions until every node is found, newest first', async () => {
  await start();
  for (let n = 1; n <= 60; n++)
    fleet.add(n, n === 7 ? { interval: 0, countMax: 3, failure: { reason: 'write', text: 'The disk is full.' } } : {});
  await fleet.fake.associations.run(fleet.association);
  fleet.add(61);
  await fleet.fake.associations.run(fleet.association, [idOf(61)]);
  const report = await fleet.json('status');
  expect(report.totals).toEqual({ correct: 60, failed: 1 });
  expect(fleet.fake.count('DescribeAssociationExecutionTargets')).toBe(3);
});

test('a node that no recent execution names is asked about by itself', async () => {
  await start();
  for (let n = 1; n <= 3; n++) fleet.add(n);
  await fleet.fake.associations.run(fleet.association, [idOf(3)]);
  for (let runs = 0; runs < 20; runs++) await fleet.fake.associations.run(fleet.association, [idOf(1), idOf(2)]);
  expect(statesOf(await fleet.json('status'))).toEqual({ 1: 'correct', 2: 'correct', 3: 'correct' });
  expect(fleet.fake.count('DescribeInstanceAssociationsStatus')).toBe(1);
});

test.each([1, 120, 1010])(
  'takes at most N/50 x 3 + 10 calls, and one for each failed node, with %i nodes',
  async (count) => {
    await start();
    const failed = 2;
    for (let n = 1; n <= count; n++)
      fleet.add(n, n <= failed ? { interval: 0, failure: { reason: 'write', text: 'Full.' } } : {});
    await fleet.fake.associations.run(fleet.association);
    const report = await fleet.json('status');
    expect(report.nodes).toHaveLength(count);
    const failures = Math.min(failed, count);
    expect(report.totals.failed).toBe(failures);
    expect(fleet.fake.calls.length).toBeLessThanOrEqual((count / 50) * 3 + 10 + failures);
  },
);

test('reads the details of 50 failed nodes, and of all with --all', async () => {
  await start();
  for (let n = 1; n <= 70; n++) fleet.add(n, { interval: 0, failure: { reason: 'write', text: 'Full.' } });
  await fleet.fake.associations.run(fleet.association);
  const { stdout } = await fleet.run('status');
  expect(fleet.fake.count('DescribeInstanceAssociationsStatus')).toBe(50);
  expect(stdout).toContain('  and 20 more (--all lists them)\n');
  expect(stdout.match(/write: Full\./g)).toHaveLength(50);
  const all = await fleet.run('status --all');
  expect(all.stdout.match(/write: Full\./g)).toHaveLength(70);
});

test('a node that ran an older version of the association is outdated', async () => {
  await start();
  fleet.add(1);
  fleet.add(2);
  await fleet.fake.associations.run(fleet.association);
  fleet.fake.associations.update(fleet.association, {
    Action: ['Apply'],
    ClientAliveInterval: ['30'],
    ClientAliveCountMax: ['120'],
  });
  await fleet.fake.associations.run(fleet.association, [idOf(1)]);
  const report = await fleet.json('status');
  expect(statesOf(report)).toEqual({ 1: 'correct', 2: 'outdated' });
  expect(detailOf(report, 1)).toBe('ClientAliveInterval 30, ClientAliveCountMax 120');
  expect(detailOf(report, 2)).toBe('ran version 1 of the association, the current one is 2');
});

test('while a deployment replaces the document, results of the older one are outdated', async () => {
  await start();
  fleet.add(1);
  fleet.add(2);
  await fleet.fake.associations.run(fleet.association);
  const newer = deployToFake(fleet.fake);
  // The tests deploy within the same millisecond.
  fleet.fake.documents.add({ ...fleet.fake.documents.find(newer.documentName), created: new Date(Date.now() + 1000) });
  await fleet.fake.associations.run(newer.associationIds[0] ?? '', [idOf(1)]);
  const report = await fleet.json('status');
  expect(report.constructs).toMatchObject([{ document: newer.documentName }]);
  expect(statesOf(report)).toEqual({ 1: 'correct', 2: 'outdated' });
});

test('an association whose targets match nothing is named, exit 1', async () => {
  await start();
  await fleet.fake.associations.run(fleet.association);
  const { status, stdout, stderr } = await fleet.run('status');
  expect([status, stdout]).toEqual([1, expect.stringMatching(/\n0 nodes\n$/)]);
  expect(stderr).toContain('Web/SshKeepalive: no node matches the targets tag:cdk-ssh-keepalive=Web/SshKeepalive.');
});

test('shows all constructs of the Region, or those of a stack or a document', async () => {
  await start();
  const other = deployToFake(fleet.fake, { stack: 'Db' });
  fleet.add(1);
  fleet.add(2, {}, { tags: { 'cdk-ssh-keepalive': 'Db/SshKeepalive' } });
  for (const id of [fleet.association, ...other.associationIds]) await fleet.fake.associations.run(id);
  const constructs = async (options: string): Promise<string[]> =>
    (await fleet.json(`status${options}`)).constructs.map(({ construct }) => construct);
  expect(await constructs('')).toEqual(['Web/SshKeepalive', 'Db/SshKeepalive']);
  expect(await constructs(' --stack Db')).toEqual(['Db/SshKeepalive']);
  expect(await constructs(` --document ${other.documentName}`)).toEqual(['Db/SshKeepalive']);
  const { stdout } = await fleet.run('status');
  expect(stdout).toMatch(/\nIn total 2 nodes: 2 correct\n$/);
  const { status, stderr } = await fleet.run('status --stack None');
  expect([status, stderr]).toEqual([
    3,
    expect.stringContaining("no document with the tag cdk-ssh-keepalive of the stack 'None' in eu-west-1") as string,
  ]);
});

test('knows the nodes of associations by ids and by resource groups', async () => {
  await start({
    targets: [
      SshKeepaliveTarget.instanceIds(idOf(1), idOf(2), idOf(3)),
      SshKeepaliveTarget.tag('team', 'a'),
      SshKeepaliveTarget.resourceGroup('Servers'),
    ],
  });
  fleet.add(1, {}, { tags: {} });
  fleet.add(2, {}, { ping: 'never', tags: {} });
  fleet.add(4, {}, { tags: { team: 'a' } });
  fleet.add(5, {}, { tags: {}, computerName: 'grouped' });
  fleet.add(6, {}, { tags: {}, platform: 'Windows' });
  fleet.fake.nodes.groups.set('Servers', [idOf(5), idOf(6)]);
  for (const id of fleet.deployed.associationIds) await fleet.fake.associations.run(id);
  const report = await fleet.json('status');
  expect(statesOf(report)).toEqual({
    1: 'correct',
    2: 'unreachable',
    3: 'unreachable',
    4: 'correct',
    5: 'correct',
    6: 'unreachable',
  });
  expect(report.nodes.find(({ id }) => id === idOf(5))?.name).toBe('grouped');
});

test('finds the nodes of a resource group in several executions', async () => {
  await start({ targets: [SshKeepaliveTarget.resourceGroup('Servers')] });
  for (let n = 1; n <= 3; n++)
    fleet.add(n, n === 3 ? { failure: { reason: 'write', text: 'Full.' }, interval: 0 } : {}, { tags: {} });
  fleet.fake.nodes.groups.set('Servers', [idOf(1), idOf(2), idOf(3)]);
  await fleet.fake.associations.run(fleet.association);
  for (let runs = 0; runs < 8; runs++) await fleet.fake.associations.run(fleet.association, [idOf(1 + (runs % 2))]);
  const report = await fleet.json('status');
  expect([report.status, statesOf(report)]).toEqual([1, { 1: 'correct', 2: 'correct', 3: 'failed' }]);
});

test('an instance that was terminated is not listed', async () => {
  await start();
  fleet.add(1);
  fleet.add(2);
  await fleet.fake.associations.run(fleet.association);
  fleet.fake.nodes.remove(idOf(2));
  expect(statesOf(await fleet.json('status'))).toEqual({ 1: 'correct' });
});

test('finds all nodes where instances register one by one', async () => {
  await start();
  for (let n = 1; n <= 70; n++) {
    fleet.add(n);
    await fleet.fake.associations.run(fleet.association, [idOf(n)]);
  }
  expect((await fleet.json('status')).totals).toEqual({ correct: 70 });
  expect(fleet.fake.count('DescribeInstanceAssociationsStatus')).toBe(0);
});

test('an association of several that matches nothing is named, exit 1', async () => {
  await start({ targets: [SshKeepaliveTarget.tag('team', 'a'), SshKeepaliveTarget.tag('role', 'none')] });
  fleet.add(1, {}, { tags: { team: 'a' } });
  for (const id of fleet.deployed.associationIds) await fleet.fake.associations.run(id);
  expect(await fleet.json('status')).toMatchObject({ status: 1, ok: false, totals: { correct: 1 } });
  expect((await fleet.run('status')).stderr).toContain('no node matches the targets tag:role=none.');
});

test('an association that removes shows what is removed, exit 0', async () => {
  await start({ action: SshKeepaliveAction.REMOVE });
  fleet.add(1);
  await fleet.fake.associations.run(fleet.association);
  expect(await fleet.json('status')).toMatchObject({ status: 0, totals: { removed: 1 } });
  await fleet.run('apply --yes');
  const check = await fleet.run('check --yes');
  expect(check.status).toBe(0);
  expect((await fleet.run('apply --dry-run')).stderr).toContain(
    'The association has Action=Remove and removes the settings again.',
  );
  await fleet.run('remove --yes');
  const { stderr } = await fleet.run('check --yes');
  expect(stderr).toContain('  npx cdk-ssh-keepalive fleet remove\n');
  expect(stderr).not.toContain('fleet apply');
});
