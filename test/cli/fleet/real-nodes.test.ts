// The whole way on real machines: the document's script runs as root in Debian roots with their own sshd, and the
// published command line finds what happens there.
import { SshKeepaliveTarget } from '../../../lib';
import { RealMachine } from '../../support/fake-ssm/real-machine';
import { describeWithSuites } from '../../openssh/suite-requirements';
import { TestFleet, detailOf, statesOf } from './fleet';

// The first run unpacks two Debian systems.
jest.setTimeout(600_000);

const SUITES = ['bookworm', 'trixie'] as const;
const DROPIN = '/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';
const EFFECTIVE = '/usr/sbin/sshd -T | grep -i -E "^clientalive(interval|countmax) "';

describeWithSuites('On real machines', () => {
  let fleet: TestFleet;
  const machines: RealMachine[] = [];
  const machine = (n: number): RealMachine => {
    const found = machines[n - 1];
    if (!found) throw new Error(`There is no machine ${n}.`);
    return found;
  };

  beforeAll(async () => {
    fleet = await TestFleet.start({ targets: [SshKeepaliveTarget.tag('cdk-ssh-keepalive', 'Web/SshKeepalive')] });
    for (const [index, name] of SUITES.entries()) {
      machines.push(await RealMachine.start(name));
      // An agent that sets variables, and one that substitutes the text.
      const agentVersion = index === 0 ? '3.3.2746.0' : '3.3.2299.0';
      fleet.add(index + 1, {}, { run: machine(index + 1).run, agentVersion, platformName: `Debian ${name}` });
    }
    fleet.add(3, {}, { ping: 'never' });
    await fleet.fake.associations.run(fleet.association);
  });
  afterAll(async () => {
    for (const one of machines) one.stop();
    await fleet.stop();
  });

  test('status shows that the association applied the settings, and names the node that never registered', async () => {
    const report = await fleet.json('status');
    expect([report.status, statesOf(report)]).toEqual([1, { 1: 'correct', 2: 'correct', 3: 'unreachable' }]);
    expect(detailOf(report, 3)).toMatch(/^never registered with Systems Manager/);
    expect((await machine(1).shell(EFFECTIVE)).toLowerCase()).toBe('clientaliveinterval 60\nclientalivecountmax 120\n');
  });

  test('check finds a drift that somebody makes, apply repairs it, and check agrees', async () => {
    await machine(2).shell(`echo 'ClientAliveInterval 0' >${DROPIN} && systemctl reload ssh && sleep 1`);
    const drifted = await fleet.json('check --yes');
    expect(statesOf(drifted)).toEqual({ 1: 'correct', 2: 'drifted', 3: 'unreachable' });
    expect(detailOf(drifted, 2)).toBe('was 0/3, desired 60/120 (values)');
    const applied = await fleet.json('apply --yes');
    expect(statesOf(applied)).toEqual({ 1: 'correct', 2: 'changed', 3: 'unreachable' });
    expect(applied.nodes.map(({ verdict }) => verdict?.where)).toEqual([DROPIN, DROPIN, undefined]);
    expect(statesOf(await fleet.json('check --yes'))).toEqual({ 1: 'correct', 2: 'correct', 3: 'unreachable' });
  });

  test('a Match block that sets another value is named with its file and line', async () => {
    await machine(1).shell(
      "printf 'Match User bob\\n  ClientAliveInterval 0\\n' >>/etc/ssh/sshd_config && systemctl reload ssh && sleep 1",
    );
    const report = await fleet.json('check --yes');
    expect(statesOf(report)).toMatchObject({ 1: 'overridden', 2: 'correct' });
    expect(detailOf(report, 1)).toMatch(/^Match blocks set other values: \/etc\/ssh\/sshd_config:\d+$/);
  }, 60_000);

  test('remove removes the settings, and check says so', async () => {
    const removed = await fleet.json('remove --yes');
    expect(statesOf(removed)).toEqual({ 1: 'removed', 2: 'removed', 3: 'unreachable' });
    expect((await machine(2).shell(EFFECTIVE)).toLowerCase()).toBe('clientaliveinterval 0\nclientalivecountmax 3\n');
    expect(statesOf(await fleet.json('check --yes'))).toMatchObject({ 1: 'drifted', 2: 'drifted' });
  }, 60_000);
});
