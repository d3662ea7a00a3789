// The deployable app from `cdk deploy` to the settings of a server and of a laptop: what the real CDK CLI creates in an
// account, the associations on real machines, and the published command line that finds both. moto has no State Manager,
// so the associations that were synthesized are created in the fake Systems Manager, for the instance that was deployed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from '../cli/command-line';
import type { JsonReport } from '../cli/fleet/fleet';
import { describeWithSuites } from '../openssh/suite-requirements';
import { deployTemplate } from '../support/deploy-to-fake';
import { FakeSystemsManager } from '../support/fake-ssm/fake-ssm';
import { RealMachine } from '../support/fake-ssm/real-machine';
import { cfnLint } from '../template/cfn-lint';
import { Account, type Deployment, type Existing, describeWithMoto } from './account';

jest.setTimeout(300_000);

const ROOT = join(__dirname, '..', '..');
const APP = join(ROOT, 'bin', 'app.js');
const PLAIN = 'us-east-1';
const DEMO = 'eu-west-1';
const FIRST_BOOT = readFileSync(join(ROOT, 'test', 'fixtures', 'first-boot-snippet.golden.sh'), 'utf8').trimEnd();
const DROPIN = '/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';
const EFFECTIVE = '/usr/sbin/sshd -T | grep -i -E "^clientalive(interval|countmax) " | tr A-Z a-z';
const APPLIED = 'clientaliveinterval 60\nclientalivecountmax 120\n';
const DEFAULT = 'clientaliveinterval 0\nclientalivecountmax 3\n';

describeWithMoto('The app, deployed', () => {
  let account: Account;
  let plain: Deployment;
  let demo: Deployment;
  let existing: Existing;

  beforeAll(async () => {
    account = await Account.start();
    await account.bootstrap([PLAIN, DEMO]);
    plain = await account.deploy(APP, PLAIN);
    demo = await account.deploy(APP, DEMO, { context: { demoInstance: 'al2023' } });
    existing = account.existing(DEMO);
  });
  afterAll(() => account.stop());

  test('is accepted by CloudFormation, with a demo instance and without', () => {
    expect([plain.status, demo.status]).toEqual([0, 0]);
    expect(Object.keys(account.existing(PLAIN).instances)).toEqual([]);
    expect(Object.keys(existing.instances)).toHaveLength(1);
  });

  test('has templates in which cfn-lint finds nothing wrong', () => {
    expect(cfnLint(...plain.templateFiles, ...demo.templateFiles)).toEqual([]);
  });

  test('has the document as it was synthesized, with the tag by which fleet finds it', () => {
    const { Content } = resource(demo, 'AWS::SSM::Document');
    expect(Object.values(existing.documents)).toEqual([
      { content: Content, tags: { 'cdk-ssh-keepalive': 'SshKeepalive/SshKeepalive' } },
    ]);
    expect(JSON.stringify(Content)).toContain('# BEGIN cdk-ssh-keepalive');
  });

  test('has an instance with the tag that an association targets, and the first-boot script byte for byte', () => {
    const [{ tags, userData } = { tags: {}, userData: '' }] = Object.values(existing.instances);
    expect(tags).toEqual({ Name: 'SshKeepalive/DemoInstance', 'cdk-ssh-keepalive': 'SshKeepalive/SshKeepalive' });
    expect(Buffer.from(userData, 'base64').toString()).toBe(`#!/bin/bash\n${FIRST_BOOT}`);
  });

  test("lets the instance's role run associations, and nothing else", () => {
    const [policies] = Object.values(existing.stacks.SshKeepalive?.policies ?? {});
    const statements = policies?.flatMap(({ Statement }) => Statement) as { Action: string[] }[];
    expect(statements).toEqual([
      { Sid: 'RunAssociations', Effect: 'Allow', Resource: '*', Action: expect.any(Array) as string[] },
    ]);
    const actions = statements[0]?.Action ?? [];
    expect(actions.filter((action) => !/^(ec2messages|ssm|ssmmessages):[A-Za-z]+$/.test(action))).toEqual([]);
    expect(actions).toContain('ssm:ListInstanceAssociations');
    expect(actions.filter((action) => /Parameter|\*/.test(action))).toEqual([]);
  });

  // Whoever reads this because it fails: moto has learned it. Assert it above instead of here.
  test('lacks in moto the associations and the outputs', () => {
    const { physicalIds = {}, outputs } = existing.stacks.SshKeepalive ?? {};
    const template = demo.templates.SshKeepalive;
    const lacking = Object.entries(template?.Resources ?? {}).flatMap(([id, { Type }]) =>
      id in physicalIds ? [] : [Type],
    );
    expect(lacking).toEqual(['AWS::SSM::Association', 'AWS::SSM::Association']);
    expect([Object.keys(template?.Outputs ?? {}), outputs]).toEqual([expect.arrayContaining(['DocumentName']), {}]);
  });

  test('client install --stack takes the hosts and the values from the deployed parameter', async () => {
    const home = new Home();
    try {
      const config = home.path('ssh_config');
      const args = ['client', 'install', '--stack', 'SshClientConfig', '--config', config, '--yes', '--json'];
      const { status, stderr } = await home.run(args, { env: account.env(DEMO) });
      expect([status, stderr]).toEqual([0, '']);
      const written = readFileSync(config, 'utf8');
      expect(written).toMatch(/^Host i-\* mi-\*\n {2}ProxyCommand aws ssm start-session .* --region eu-west-1$/m);
      expect(written).toMatch(/^Host \*\n {2}ServerAliveInterval 60\n {2}ServerAliveCountMax 5$/m);
      expect(Object.keys(existing.parameters)).toEqual(['/cdk-ssh-keepalive/SshClientConfig/1']);
    } finally {
      home.remove();
    }
  });

  describeWithSuites('and run on real machines', () => {
    const TAGGED = 'i-00000000000000002';
    const SILENT = 'i-00000000000000003';
    const home = new Home();
    const machines: RealMachine[] = [];
    let fake: FakeSystemsManager;
    let demoId: string;
    let associationIds: readonly string[];

    beforeAll(async () => {
      fake = await FakeSystemsManager.start({ secondMs: 2 });
      ({ associationIds } = deployTemplate(fake, demo.templates.SshKeepalive ?? { Resources: {} }));
      const [first, second] = [await start('bookworm'), await start('trixie')];
      const [[id, { tags }] = ['', { tags: {} }]] = Object.entries(existing.instances);
      demoId = id;
      fake.nodes.add({ id, tags, run: first.run });
      fake.nodes.add({ id: TAGGED, tags: { 'ssh-keepalive': 'true' }, run: second.run });
      fake.nodes.add({ id: SILENT, tags: { 'ssh-keepalive': 'true' }, run: second.run, ping: 'never' });
    });
    afterAll(async () => {
      for (const machine of machines) machine.stop();
      home.remove();
      await fake.stop();
    });

    const start = async (name: 'bookworm' | 'trixie'): Promise<RealMachine> => {
      const machine = await RealMachine.start(name);
      machines.push(machine);
      return machine;
    };
    const effective = (): Promise<string[]> => Promise.all(machines.map((machine) => machine.shell(EFFECTIVE)));
    const fleet = async (line: string): Promise<JsonReport> => {
      const { stdout, stderr } = await home.run(['fleet', ...line.split(' '), '--json'], { env: fake.env });
      if (stderr !== '') throw new Error(stderr);
      return JSON.parse(stdout) as JsonReport;
    };
    const statesOf = ({ nodes }: JsonReport): unknown => Object.fromEntries(nodes.map(({ id, state }) => [id, state]));

    test('the user data that was deployed applies the settings at first boot', async () => {
      expect(await effective()).toEqual([DEFAULT, DEFAULT]);
      const userData = Buffer.from(existing.instances[demoId]?.userData ?? '', 'base64').toString();
      await machines[0]?.run(userData, {}, new AbortController().signal);
      expect(await effective()).toEqual([APPLIED, DEFAULT]);
    });

    test('the associations apply them everywhere, and status names the instance that never registered', async () => {
      for (const id of associationIds) await fake.associations.run(id);
      expect(await effective()).toEqual([APPLIED, APPLIED]);
      const report = await fleet('status');
      expect(statesOf(report)).toEqual({ [demoId]: 'correct', [TAGGED]: 'correct', [SILENT]: 'unreachable' });
      expect(report.nodes.find(({ id }) => id === SILENT)?.detail).toMatch(/^never registered with Systems Manager/);
    });

    test('check finds a drift that somebody makes, and apply repairs it', async () => {
      await machines[0]?.shell(`echo 'ClientAliveInterval 0' >${DROPIN} && systemctl reload ssh && sleep 1`);
      const drifted = await fleet('check --yes');
      expect(statesOf(drifted)).toEqual({ [demoId]: 'drifted', [TAGGED]: 'correct', [SILENT]: 'unreachable' });
      expect(drifted.nodes.find(({ id }) => id === demoId)?.detail).toBe('was 0/3, desired 60/120 (values)');
      const applied = await fleet('apply --yes');
      expect(statesOf(applied)).toEqual({ [demoId]: 'changed', [TAGGED]: 'correct', [SILENT]: 'unreachable' });
      expect(await effective()).toEqual([APPLIED, APPLIED]);
    });

    test('remove removes them', async () => {
      const removed = await fleet('remove --yes');
      expect(statesOf(removed)).toEqual({ [demoId]: 'removed', [TAGGED]: 'removed', [SILENT]: 'unreachable' });
      expect(await effective()).toEqual([DEFAULT, DEFAULT]);
    });
  });
});

/** The properties of the first resource of a type in the stack SshKeepalive. */
function resource({ templates }: Deployment, type: string): Record<string, unknown> {
  const found = Object.values(templates.SshKeepalive?.Resources ?? {}).find(({ Type }) => Type === type);
  return found?.Properties ?? {};
}
