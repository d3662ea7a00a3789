import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ClientKeepalive, SshClientConfigStack, SshHost } from '../lib';

const env = { account: '123456789012', region: 'eu-west-1' };

test('its output and its parameter have names that people can say', () => {
  const template = Template.fromStack(new SshClientConfigStack(new App(), 'SshClientConfig'));
  const { Resources, Outputs } = template.toJSON() as Record<string, object>;
  expect(Object.keys(Resources ?? {})).toEqual(['Parameter1']);
  expect(Object.keys(Outputs ?? {})).toEqual(['SshConfig']);
});

test('its parameters lie below its name, as it is deployed', () => {
  const { config } = new SshClientConfigStack(new App(), 'SshClientConfig', { stackName: 'team-a-ssh' });
  expect(config.parameterPath).toBe('/cdk-ssh-keepalive/team-a-ssh');
});

test('it takes what SshClientConfig takes', () => {
  const stack = new SshClientConfigStack(new App(), 'SshClientConfig', {
    keepalive: ClientKeepalive.of({ countMax: 3 }),
    hosts: [SshHost.anySessionManager()],
    parameterPath: '/cdk-ssh-keepalive/laptops',
    env,
  });
  expect(stack.config.snippet).toContain(
    '--region eu-west-1\n\nHost *\n  ServerAliveInterval 60\n  ServerAliveCountMax 3',
  );
  expect(stack.config.parameterPath).toBe('/cdk-ssh-keepalive/laptops');
});

test('it takes what a stack takes', () => {
  const stack = new SshClientConfigStack(new App(), 'SshClientConfig', {
    env,
    description: 'For laptops',
    tags: { team: 'a' },
    terminationProtection: true,
  });
  expect(stack.region).toBe('eu-west-1');
  expect(stack.terminationProtection).toBe(true);
  Template.fromStack(stack).templateMatches({ Description: 'For laptops' });
});

test('its hosts may be instances of another stack', () => {
  const app = new App();
  const instance = new ec2.CfnInstance(new Stack(app, 'Other', { env }), 'Web');
  const stack = new SshClientConfigStack(app, 'SshClientConfig', {
    hosts: [SshHost.sessionManager('web', instance)],
    env,
  });
  const { SshConfig } = Template.fromStack(stack).findOutputs('SshConfig') as Record<string, { Value: unknown }>;
  expect(JSON.stringify(SshConfig?.Value)).toMatch(/HostName ".*"Fn::ImportValue":"Other:/);
});
