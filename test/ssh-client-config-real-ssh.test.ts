// What the real ssh makes of rendered snippets. Always with -F, so that nobody's own configuration is read, and with -G,
// which connects to nothing, or with an `aws` that only writes its arguments down.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ClientKeepalive, SshClientConfig, type SshClientConfigProps, SshHost } from '../lib';
import { describeWith } from './support/requirements';

const folder = mkdtempSync(join(tmpdir(), 'ssh-client-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a deployment puts for references and attributes. */
const DEPLOYED: Record<string, string> = {
  'AWS::Region': 'ap-southeast-2',
  Instance: 'i-0123456789abcdef0',
  'Instance.PublicDnsName': 'ec2-198-51-100-7.ap-southeast-2.compute.amazonaws.com',
  'Instance.PrivateIp': '10.0.1.7',
  Number: '30',
};

type Value = string | { 'Fn::Join'?: [string, Value[]]; 'Fn::GetAtt'?: [string, string]; Ref?: string };

function evaluate(value: Value): string {
  if (typeof value === 'string') return value;
  const join = value['Fn::Join'];
  if (join) return join[1].map(evaluate).join(join[0]);
  const deployed = DEPLOYED[value['Fn::GetAtt']?.join('.') ?? value.Ref ?? ''];
  if (deployed === undefined) throw new Error(`no sample value for ${JSON.stringify(value)}`);
  return deployed;
}

/** The parts of a configuration in the stack of its instance, as outputs and as parameters, as a deployment leaves them. */
function deployed(props: (web: ec2.Instance, number: number) => SshClientConfigProps): Record<string, string[]> {
  const stack = new Stack(new App(), 'Stack');
  const parameter = new CfnParameter(stack, 'Number', { type: 'Number' });
  const web = new ec2.Instance(stack, 'Web', {
    vpc: new ec2.Vpc(stack, 'Vpc'),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  });
  (web.node.defaultChild as ec2.CfnInstance).overrideLogicalId('Instance');
  new SshClientConfig(stack, 'Config', props(web, parameter.valueAsNumber));
  const template = Template.fromStack(stack);
  const outputs = template.findOutputs('*') as Record<string, { Value: Value }>;
  const parameters = template.findResources('AWS::SSM::Parameter') as Record<string, { Properties: { Value: Value } }>;
  return {
    outputs: Object.values(outputs).map(({ Value }) => evaluate(Value)),
    parameters: Object.values(parameters).map(({ Properties }) => evaluate(Properties.Value)),
  };
}

/** The effective values for a host that somebody types, by keyword in lower case. */
function effective(config: string, host: string): Record<string, string> {
  const file = join(folder, 'config');
  writeFileSync(file, config);
  const { status, stdout, stderr, error } = spawnSync('ssh', ['-G', '-F', file, host], { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr);
  const values: Record<string, string> = {};
  for (const [, keyword, value] of stdout.matchAll(/^(\S+) (.*)$/gm)) values[keyword ?? ''] = value ?? '';
  return values;
}

/** What ssh, connecting for real, passes to a program named aws that stands in for the AWS CLI. */
function argumentsOfAws(config: string, host: string): string[] {
  const [file, aws, log] = ['config', 'aws', 'arguments'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(file, config);
  writeFileSync(aws, '#!/bin/sh\nprintf "%s\\n" "$@" >"${0%/*}/arguments"\n', { mode: 0o755 });
  rmSync(log, { force: true });
  // No agent, no keys and no known hosts of the person who runs the tests.
  const options = ['BatchMode=yes', 'IdentityAgent=none', 'IdentityFile=none', 'UserKnownHostsFile=none'];
  const env = { PATH: `${folder}:${process.env.PATH}`, SHELL: '/bin/sh' };
  const { error } = spawnSync('ssh', ['-F', file, ...options.map((option) => `-o${option}`), host, 'true'], { env });
  if (error) throw error;
  return readFileSync(log, 'utf8').trimEnd().split('\n');
}

const SESSION_MANAGER =
  'aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p --region ap-southeast-2';
const ENDPOINT = 'aws ec2-instance-connect open-tunnel --instance-id %h --remote-port %p --region ap-southeast-2';

const keepalive = { serveraliveinterval: '60', serveralivecountmax: '5' };

describeWith(['ssh'], 'The real ssh', () => {
  test('the default keeps every host alive and changes nothing else', () => {
    const { outputs = [] } = deployed(() => ({}));
    const before = effective('', 'any.example');
    expect(effective(outputs.join('\n'), 'any.example')).toEqual({ ...before, ...keepalive });
  });

  describe('with hosts of every kind', () => {
    const { outputs = [], parameters = [] } = deployed((web) => ({
      hosts: [
        SshHost.anySessionManager({ user: 'ssm-user', profile: 'dev' }),
        SshHost.privateIp('vpn-*', web, { user: 'pattern', port: 2200 }),
        SshHost.publicDns('web', web, { user: 'ec2-user', port: 2222, identityFile: '~/.ssh/web.pem' }),
        SshHost.privateIp('vpn-1', web, { identityFile: '%d/my keys/vpn.pem' }),
        SshHost.privateIp('i-web', web, { user: 'admin' }),
        SshHost.sessionManager('ssm', web, { port: 2022, profile: 'team/dev' }),
        SshHost.instanceConnectEndpoint('eice', web, { user: 'ubuntu', region: 'eu-west-1' }),
      ],
    }));
    const snippet = outputs.join('\n');

    test.each([
      [
        'web',
        {
          hostname: DEPLOYED['Instance.PublicDnsName'],
          user: 'ec2-user',
          port: '2222',
          identityfile: '~/.ssh/web.pem',
        },
      ],
      ['vpn-1', { hostname: '10.0.1.7', user: 'pattern', port: '2200', identityfile: '%d/my keys/vpn.pem' }],
      ['vpn-2', { hostname: '10.0.1.7', user: 'pattern', port: '2200' }],
      ['i-web', { hostname: '10.0.1.7', user: 'admin', port: '22' }],
    ])('%s is reached directly', (host, expected) => {
      const values = effective(snippet, host);
      expect(values).toMatchObject({ ...keepalive, ...expected });
      expect(values.proxycommand ?? 'none').toBe('none');
    });

    test.each([
      ['ssm', { hostname: DEPLOYED.Instance, port: '2022', proxycommand: `${SESSION_MANAGER} --profile team/dev` }],
      [
        'eice',
        { hostname: DEPLOYED.Instance, user: 'ubuntu', proxycommand: ENDPOINT.replace('ap-southeast-2', 'eu-west-1') },
      ],
      [
        'i-0fedcba9876543210',
        { hostname: 'i-0fedcba9876543210', user: 'ssm-user', proxycommand: `${SESSION_MANAGER} --profile dev` },
      ],
      ['mi-0fedcba9876543210', { hostname: 'mi-0fedcba9876543210', user: 'ssm-user' }],
    ])('%s is reached through the AWS CLI', (host, expected) => {
      expect(effective(snippet, host)).toMatchObject({ ...keepalive, ...expected });
    });

    test.each([
      ['ssm', DEPLOYED.Instance, `${SESSION_MANAGER} --profile team/dev`, '2022'],
      ['eice', DEPLOYED.Instance, ENDPOINT.replace('ap-southeast-2', 'eu-west-1'), '22'],
      ['mi-0fedcba9876543210', 'mi-0fedcba9876543210', `${SESSION_MANAGER} --profile dev`, '22'],
    ])('%s makes ssh run the AWS CLI with exactly these words', (host, id = '', command, port) => {
      const expected = command.replace('%h', id).replace('%p', port).split(' ').slice(1);
      expect(argumentsOfAws(snippet, host)).toEqual(expected);
    });

    test('a host that nobody named is kept alive, and nothing else', () => {
      const before = effective('', 'any.example');
      expect(effective(snippet, 'any.example')).toEqual({ ...before, ...keepalive });
    });

    test('the parameters are the same text', () => {
      expect(parameters.join('\n')).toBe(snippet);
    });

    test('each part is a configuration by itself', () => {
      expect(outputs.length).toBeGreaterThan(1);
      for (const part of outputs) expect(() => effective(part, 'web')).not.toThrow();
    });

    test('what stands above stays in force', () => {
      const above = 'Host web\n  ServerAliveInterval 15\nHost *.example\n  User me\n';
      expect(effective(`${above}${snippet}`, 'web')).toMatchObject({ serveraliveinterval: '15', user: 'ec2-user' });
      expect(effective(`${above}${snippet}`, 'any.example')).toMatchObject({ ...keepalive, user: 'me' });
    });

    test('no keyword is one that ssh 7.4 does not know', () => {
      const known = ['Host', 'HostName', 'User', 'Port', 'IdentityFile', 'ProxyCommand'];
      const used = snippet.split('\n').filter((line) => line && !line.startsWith('#'));
      for (const line of used) {
        expect([...known, 'ServerAliveInterval', 'ServerAliveCountMax']).toContain(line.trim().split(' ')[0]);
        // Nor is there a comment behind a value, which ssh before about 8.5 refuses, nor a line that it finds too long.
        expect(line).not.toContain('#');
        expect(line.length).toBeLessThan(1023);
      }
    });
  });

  test('a keepalive that is known at deployment becomes digits', () => {
    const { outputs = [] } = deployed((_, number) => ({
      keepalive: ClientKeepalive.of({ interval: Duration.seconds(number), countMax: number }),
    }));
    expect(effective(outputs.join('\n'), 'any.example')).toMatchObject({
      serveraliveinterval: '30',
      serveralivecountmax: '30',
    });
  });

  test('the longest values that are allowed are valid for ssh', () => {
    const long = 'x'.repeat(255);
    const { outputs = [] } = deployed((web) => ({
      hosts: [SshHost.sessionManager(long, web, { user: long, profile: long })],
    }));
    expect(effective(outputs.join('\n'), long)).toMatchObject({ user: long, hostname: DEPLOYED.Instance });
  });
});
