import { App, CfnParameter, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ClientKeepalive, SshClientConfig, type SshClientConfigProps, SshHost } from '../lib';

const PATH = '/cdk-ssh-keepalive/Stack';

function newStack(): Stack {
  return new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
}

/** The outputs' and the parameters' values, in the order of the template, of a configuration in a stack of its own. */
function deployed(props?: SshClientConfigProps, stack = newStack()): { outputs: unknown[]; parameters: unknown[] } {
  new SshClientConfig(stack, 'Config', props);
  const template = Template.fromStack(stack);
  const outputs = template.findOutputs('*') as Record<string, { Value: unknown }>;
  const parameters = template.findResources('AWS::SSM::Parameter') as Record<
    string,
    { Properties: { Value: unknown } }
  >;
  return {
    outputs: Object.values(outputs).map(({ Value }) => Value),
    parameters: Object.values(parameters).map(({ Properties }) => Properties.Value),
  };
}

/** Hosts with blocks of about 300 bytes. */
function hosts(count: number): SshHost[] {
  const instance = new ec2.CfnInstance(newStack(), 'Instance');
  return Array.from({ length: count }, (_, i) =>
    SshHost.sessionManager(
      `host-${i}`,
      { ...instance, instanceRef: { instanceId: `i-${i}` } } as unknown as ec2.IInstanceRef,
      {
        region: 'eu-west-1',
        identityFile: `~/${'x'.repeat(100)}`,
      },
    ),
  );
}

describe('by default', () => {
  const stack = newStack();
  const config = new SshClientConfig(stack, 'Config');
  const template = Template.fromStack(stack);

  test('the snippet is the keepalive of 60 seconds, 5 times, for every host', () => {
    expect(config.snippet.split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([
      'Host *',
      '  ServerAliveInterval 60',
      '  ServerAliveCountMax 5',
    ]);
  });

  test('a person finds it in an output that says what to do with it', () => {
    template.hasOutput('*', {
      Value: config.snippet,
      Description: 'Paste this at the end of ~/.ssh/config and idle SSH sessions stay connected',
    });
  });

  test('a program finds it in the first parameter below the name of the stack', () => {
    expect(config.parameterPath).toBe(PATH);
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: `${PATH}/1`,
      Type: 'String',
      Tier: 'Standard',
      Value: config.snippet,
    });
  });

  test('that is all there is', () => {
    const { Resources, Outputs } = template.toJSON() as Record<string, object>;
    expect(Object.keys(Resources ?? {})).toHaveLength(1);
    expect(Object.keys(Outputs ?? {})).toHaveLength(1);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

test('the keepalive can be another', () => {
  const client = ClientKeepalive.of({ interval: Duration.minutes(2), countMax: 3 });
  const { snippet } = new SshClientConfig(newStack(), 'Config', { client });
  expect(snippet).toMatch(/\nHost \*\n {2}ServerAliveInterval 120\n {2}ServerAliveCountMax 3\n$/);
});

test('the keepalive can be known after the deployment only', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const client = ClientKeepalive.of({ interval: Duration.seconds(number), countMax: number });
  const value = {
    'Fn::Join': [
      '',
      [
        Match.stringLikeRegexp('Host \\*\n {2}ServerAliveInterval $'),
        { Ref: 'Number' },
        '\n  ServerAliveCountMax ',
        { Ref: 'Number' },
        '\n',
      ],
    ],
  };
  new SshClientConfig(stack, 'Config', { client });
  Template.fromStack(stack).hasResourceProperties('AWS::SSM::Parameter', { Value: value });
  Template.fromStack(stack).hasOutput('*', { Value: value });
});

test('the hosts stand above the keepalive, in the order that ssh needs', () => {
  const stack = newStack();
  const instance = new ec2.Instance(stack, 'Web', {
    vpc: new ec2.Vpc(stack, 'Vpc'),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  });
  const { snippet } = new SshClientConfig(stack, 'Config', {
    hosts: [
      SshHost.anySessionManager(),
      SshHost.publicDns('web*', instance),
      SshHost.privateIp('vpn', instance, { user: 'ec2-user' }),
      SshHost.instanceConnectEndpoint('web', instance),
    ],
  });
  const readable = JSON.stringify(stack.resolve(snippet)).replaceAll(
    stack.getLogicalId(instance.node.defaultChild as ec2.CfnInstance),
    'Web',
  );
  const { 'Fn::Join': join } = JSON.parse(readable) as { 'Fn::Join': [string, (string | object)[]] };
  expect(join[1].map((piece) => (typeof piece === 'string' ? piece : JSON.stringify(piece))).join(''))
    .toMatchInlineSnapshot(`
   "# cdk-ssh-keepalive: paste this at the end of ~/.ssh/config.
   # ssh takes the first value that it finds, so whatever stands above stays in force.

   Host vpn
     HostName {"Fn::GetAtt":["Web","PrivateIp"]}
     User ec2-user

   Host web
     HostName {"Ref":"Web"}
     ProxyCommand aws ec2-instance-connect open-tunnel --instance-id %h --remote-port %p --region eu-west-1

   Host web*
     HostName {"Fn::GetAtt":["Web","PublicDnsName"]}

   Host i-* mi-*
     ProxyCommand aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p --region eu-west-1

   Host *
     ServerAliveInterval 60
     ServerAliveCountMax 5
   "
  `);
});

describe('what is too long for one output or parameter', () => {
  const { outputs, parameters } = deployed({ hosts: hosts(20) }) as Record<string, string[]>;

  test('goes on in the next, cut between blocks', () => {
    expect(outputs?.length).toBeGreaterThan(5);
    expect(parameters?.length).toBe(2);
    for (const part of [...(outputs ?? []), ...(parameters ?? [])].slice(1)) expect(part).toMatch(/^(Host |# cdk)/);
  });

  test('is never longer than 1,024 bytes in an output and 4,096 in a parameter', () => {
    expect(Math.max(...(outputs ?? []).map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(1024);
    expect(Math.max(...(parameters ?? []).map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(4096);
  });

  test('is the whole when the parts are put together in order', () => {
    const { snippet } = new SshClientConfig(newStack(), 'Config', { hosts: hosts(20) });
    expect(outputs?.join('\n')).toBe(snippet);
    expect(parameters?.join('\n')).toBe(snippet);
  });

  test('has numbered names, and outputs that say where each part belongs', () => {
    const stack = newStack();
    const config = new SshClientConfig(stack, 'Default', { hosts: hosts(20) });
    const template = Template.fromStack(stack);
    template.hasOutput('SshConfig', { Description: Match.stringLikeRegexp('^Paste this at the end') });
    template.hasOutput('SshConfig2', { Description: 'Part 2: paste this below the part before it' });
    template.hasResourceProperties('AWS::SSM::Parameter', { Name: `${config.parameterPath}/2` });
    template.templateMatches({ Resources: { Parameter1: {}, Parameter2: {} } });
  });

  test('is counted with what the deployment puts in', () => {
    const stack = newStack();
    const instance = new ec2.CfnInstance(stack, 'Instance');
    // A token has about 25 characters here, its bound is 32.
    const host = (i: number) => SshHost.sessionManager(`${i}`, instance, { identityFile: `~/${'x'.repeat(250)}` });
    const { outputs } = deployed({ hosts: [host(1), host(2)] }, stack);
    expect(outputs).toHaveLength(2);
  });
});

test('a host that is too long for an output alone is refused', () => {
  const long = 'x'.repeat(255);
  const host = SshHost.anySessionManager({ user: long, profile: long, identityFile: long });
  expect(() => new SshClientConfig(newStack(), 'Config', { hosts: [host] })).not.toThrow();
  const instance = new ec2.CfnInstance(newStack(), 'Instance');
  const longer = SshHost.sessionManager(long, instance, { user: long, profile: long, identityFile: long });
  expect(() => new SshClientConfig(newStack(), 'Config', { hosts: [longer] })).toThrow(
    new RegExp(
      `^SshClientConfig 'Stack/Config': a stack output holds 1024 bytes, but 'Host ${long}' and the lines below it can ` +
        'have 1\\d{3}\\. Choose a shorter alias, user, identity file or profile\\.$',
    ),
  );
});

test('an alias that is given twice is refused, with both calls', () => {
  const instance = new ec2.CfnInstance(newStack(), 'Instance');
  const twice = [SshHost.sessionManager('web', instance), SshHost.instanceConnectEndpoint('web', instance)];
  expect(() => new SshClientConfig(newStack(), 'Config', { hosts: twice })).toThrow(
    new Error(
      "SshClientConfig 'Stack/Config': the alias 'web' is given twice, by SshHost.sessionManager('web') and by " +
        "SshHost.instanceConnectEndpoint('web'). ssh would mix both; give each host an alias of its own.",
    ),
  );
});

describe('the parameter path', () => {
  const create = (parameterPath: string, stack = newStack()) => new SshClientConfig(stack, 'Config', { parameterPath });

  test('can be another below /cdk-ssh-keepalive/', () => {
    const stack = newStack();
    expect(create('/cdk-ssh-keepalive/team-a/dev', stack).parameterPath).toBe('/cdk-ssh-keepalive/team-a/dev');
    Template.fromStack(stack).hasResourceProperties('AWS::SSM::Parameter', { Name: '/cdk-ssh-keepalive/team-a/dev/1' });
  });

  test('is refused elsewhere', () => {
    expect(() => create('/ssh')).toThrow(
      "SshClientConfig 'Stack/Config': parameterPath must begin with /cdk-ssh-keepalive/, got: '/ssh'.",
    );
  });

  test('is refused as a token', () => {
    const stack = newStack();
    const { valueAsString } = new CfnParameter(stack, 'Path');
    expect(() => create(`/cdk-ssh-keepalive/${valueAsString}`, stack)).toThrow(
      new Error(
        "SshClientConfig 'Stack/Config': parameterPath must be a plain value, got a token. " +
          'Give one that begins with /cdk-ssh-keepalive/.',
      ),
    );
  });

  test('must be given in a nested stack, whose name only the deployment knows', () => {
    const nested = new NestedStack(newStack(), 'Nested');
    expect(() => new SshClientConfig(nested, 'Without')).toThrow(
      'parameterPath must be a plain value, got a token, the name of a nested stack. Give one',
    );
    expect(create('/cdk-ssh-keepalive/nested', nested).parameterPath).toBe('/cdk-ssh-keepalive/nested');
  });

  test('belongs to one configuration of a stack', () => {
    const stack = newStack();
    new SshClientConfig(stack, 'One');
    expect(() => new SshClientConfig(stack, 'Two')).toThrow(
      new Error(
        "SshClientConfig 'Stack/Two': parameterPath '/cdk-ssh-keepalive/Stack' is the one of 'Stack/One' too. " +
          'Give each a path of its own.',
      ),
    );
  });
});

test('two configurations in a stack do not collide when their paths differ', () => {
  const stack = newStack();
  new SshClientConfig(stack, 'One');
  new SshClientConfig(stack, 'Two', { parameterPath: '/cdk-ssh-keepalive/two' });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::SSM::Parameter', 2);
  expect(Object.keys(template.findOutputs('*'))).toHaveLength(2);
});

test('an interval that a hop of 350 seconds does not survive is warned about, in a way that can be acknowledged', () => {
  const stack = newStack();
  const client = ClientKeepalive.of({ interval: Duration.seconds(350) });
  const config = new SshClientConfig(stack, 'Config', { client });
  expect(config.node.metadata.map(({ data }) => String(data))).toEqual([
    expect.stringMatching(
      /^ServerAliveInterval is 350 seconds, .*\[ack: cdk-ssh-keepalive:SshClientConfig\.intervalTooLong\]$/,
    ),
  ]);
});

test('the same configuration gives the same template', () => {
  const synthesize = () => {
    const stack = newStack();
    new SshClientConfig(stack, 'Config', { hosts: hosts(20) });
    return JSON.stringify(Template.fromStack(stack).toJSON());
  };
  expect(synthesize()).toBe(synthesize());
});
