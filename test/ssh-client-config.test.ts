import { App, Annotations as CoreAnnotations, CfnParameter, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  ClientKeepalive,
  SshClientConfig,
  type SshClientConfigProps,
  SshHost,
  SshKeepalive,
  SshKeepaliveTarget,
} from '../lib';

const PATH = '/cdk-ssh-keepalive/Stack';

function newStack(): Stack {
  return new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
}

/** The values of the outputs and the parameters, in the order of the template. */
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

  test('people find it in an output that describes what to do with it', () => {
    template.hasOutput('*', {
      Value: config.snippet,
      Description: 'Paste this at the end of ~/.ssh/config and idle SSH sessions stay connected',
    });
  });

  test('programs find it in the first parameter of the path with the name of the stack', () => {
    expect(config.parameterPath).toBe(PATH);
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: `${PATH}/1`,
      Type: 'String',
      Tier: 'Standard',
      Value: config.snippet,
    });
  });

  test('there is nothing else', () => {
    const { Resources, Outputs } = template.toJSON() as Record<string, object>;
    expect(Object.keys(Resources ?? {})).toHaveLength(1);
    expect(Object.keys(Outputs ?? {})).toHaveLength(1);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

test('keepalive: other settings', () => {
  const keepalive = ClientKeepalive.of({ interval: Duration.minutes(2), countMax: 3 });
  const { snippet } = new SshClientConfig(newStack(), 'Config', { keepalive });
  expect(snippet).toMatch(/\nHost \*\n {2}ServerAliveInterval 120\n {2}ServerAliveCountMax 3\n$/);
});

test('keepalive: settings that are known at deployment', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const keepalive = ClientKeepalive.of({ interval: Duration.seconds(number), countMax: number });
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
  new SshClientConfig(stack, 'Config', { keepalive });
  Template.fromStack(stack).hasResourceProperties('AWS::SSM::Parameter', { Value: value });
  Template.fromStack(stack).hasOutput('*', { Value: value });
});

test('the hosts are above the keepalive, in the order that ssh requires', () => {
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

describe('text that is too long for one output or parameter', () => {
  const { outputs, parameters } = deployed({ hosts: hosts(20) }) as Record<string, string[]>;

  test('continues in the next, split between blocks', () => {
    expect(outputs?.length).toBeGreaterThan(5);
    expect(parameters?.length).toBe(2);
    for (const part of [...(outputs ?? []), ...(parameters ?? [])].slice(1)) expect(part).toMatch(/^(Host |# cdk)/);
  });

  test('is never longer than 1,024 bytes in an output and 4,096 in a parameter', () => {
    expect(Math.max(...(outputs ?? []).map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(1024);
    expect(Math.max(...(parameters ?? []).map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(4096);
  });

  test('is the whole snippet when the parts are joined in order', () => {
    const { snippet } = new SshClientConfig(newStack(), 'Config', { hosts: hosts(20) });
    expect(outputs?.join('\n')).toBe(snippet);
    expect(parameters?.join('\n')).toBe(snippet);
  });

  test('has numbered names, and outputs that describe where each part belongs', () => {
    const stack = newStack();
    const config = new SshClientConfig(stack, 'Default', { hosts: hosts(20) });
    const template = Template.fromStack(stack);
    template.hasOutput('SshConfig', { Description: Match.stringLikeRegexp('^Paste this at the end') });
    template.hasOutput('SshConfig2', { Description: 'Part 2: paste this below the part before it' });
    template.hasResourceProperties('AWS::SSM::Parameter', { Name: `${config.parameterPath}/2` });
    template.templateMatches({ Resources: { Parameter1: {}, Parameter2: {} } });
  });

  test('is measured with the largest values of its attributes', () => {
    const stack = newStack();
    const instance = new ec2.CfnInstance(stack, 'Instance');
    // A token has about 25 characters here, its bound is 32.
    const host = (i: number) => SshHost.sessionManager(`${i}`, instance, { identityFile: `~/${'x'.repeat(250)}` });
    const { outputs } = deployed({ hosts: [host(1), host(2)] }, stack);
    expect(outputs).toHaveLength(2);
  });
});

test('a host that is too long for an output is an error', () => {
  const long = 'x'.repeat(255);
  const host = SshHost.anySessionManager({ user: long, profile: long, identityFile: long });
  expect(() => new SshClientConfig(newStack(), 'Config', { hosts: [host] })).not.toThrow();
  const instance = new ec2.CfnInstance(newStack(), 'Instance');
  const longer = SshHost.sessionManager(long, instance, { user: long, profile: long, identityFile: long });
  expect(() => new SshClientConfig(newStack(), 'Config', { hosts: [longer] })).toThrow(
    new RegExp(
      `^Stack/Config: a stack output must have at most 1024 bytes, but 'Host ${long}' and the lines below it can ` +
        'have 1\\d{3}\\. Use a shorter alias, user, identity file or profile\\.$',
    ),
  );
});

test('an alias that is used twice is an error with both calls', () => {
  const instance = new ec2.CfnInstance(newStack(), 'Instance');
  const twice = [SshHost.sessionManager('web', instance), SshHost.instanceConnectEndpoint('web', instance)];
  expect(() => new SshClientConfig(newStack(), 'Config', { hosts: twice })).toThrow(
    new Error(
      "Stack/Config: alias must be unique, got: 'web' in SshHost.sessionManager('web') and in " +
        "SshHost.instanceConnectEndpoint('web'). ssh would combine both. Use another alias for one of them.",
    ),
  );
});

describe('the parameter path', () => {
  const create = (parameterPath: string, stack = newStack()) => new SshClientConfig(stack, 'Config', { parameterPath });

  test('can be another path that begins with /cdk-ssh-keepalive/', () => {
    const stack = newStack();
    expect(create('/cdk-ssh-keepalive/team-a/dev', stack).parameterPath).toBe('/cdk-ssh-keepalive/team-a/dev');
    Template.fromStack(stack).hasResourceProperties('AWS::SSM::Parameter', { Name: '/cdk-ssh-keepalive/team-a/dev/1' });
  });

  test('must begin with /cdk-ssh-keepalive/', () => {
    expect(() => create('/ssh')).toThrow(
      "Stack/Config: parameterPath must begin with /cdk-ssh-keepalive/, got: '/ssh'.",
    );
  });

  test('must not be a token', () => {
    const stack = newStack();
    const { valueAsString } = new CfnParameter(stack, 'Path');
    expect(() => create(`/cdk-ssh-keepalive/${valueAsString}`, stack)).toThrow(
      new Error(
        'Stack/Config: parameterPath must be a plain value, got: a token. ' +
          'Specify one that begins with /cdk-ssh-keepalive/.',
      ),
    );
  });

  test('is required in a nested stack, whose name is known at deployment', () => {
    const nested = new NestedStack(newStack(), 'Nested');
    expect(() => new SshClientConfig(nested, 'Without')).toThrow(
      'parameterPath must be a plain value, got: a token, the name of a nested stack. Specify one',
    );
    expect(create('/cdk-ssh-keepalive/nested', nested).parameterPath).toBe('/cdk-ssh-keepalive/nested');
  });

  test('must be unique in the stack', () => {
    const stack = newStack();
    new SshClientConfig(stack, 'One');
    expect(() => new SshClientConfig(stack, 'Two')).toThrow(
      new Error(
        "Stack/Two: parameterPath must be unique in the stack, got: '/cdk-ssh-keepalive/Stack', which is also the path of " +
          'Stack/One. Specify another path for one of them.',
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

test('an interval of 350 seconds causes a warning that can be acknowledged', () => {
  const stack = newStack();
  const keepalive = ClientKeepalive.of({ interval: Duration.seconds(350) });
  const config = new SshClientConfig(stack, 'Config', { keepalive });
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

describe('a host that ssh connects to through Session Manager', () => {
  /** The warnings for one host, whose instance has these properties. */
  function warningsFor(
    props: (stack: Stack) => Partial<ec2.InstanceProps>,
    configure: (stack: Stack, instance: ec2.Instance) => void = () => undefined,
  ): unknown[] {
    const stack = newStack();
    const instance = new ec2.Instance(stack, 'Web', {
      vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }),
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      ...props(stack),
    });
    new SshClientConfig(stack, 'Config', { hosts: [SshHost.sessionManager('web', instance)] });
    configure(stack, instance);
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('Session Manager'));
    return warnings.map(({ entry }) => entry.data);
  }
  const assumedBy = new iam.ServicePrincipal('ec2.amazonaws.com');
  const allow = (...actions: string[]) => new iam.PolicyStatement({ actions, resources: ['*'] });

  test('causes a warning when its role is known to lack the permissions', () => {
    expect(warningsFor(() => ({}))).toEqual([
      "SshHost.sessionManager('web'): the role Stack/Web/InstanceRole must allow Session Manager, but lacks " +
        'ssm:UpdateInstanceInformation, ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ' +
        'ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel. Target the instance with an SshKeepalive, or set ' +
        'ssmSessionPermissions on it. Acknowledge this if Default Host Management Configuration is enabled. ' +
        '[ack: cdk-ssh-keepalive:SshClientConfig.sessionManagerPermissions]',
    ]);
  });

  test('causes a warning with the missing actions only', () => {
    const [warning] = warningsFor(
      () => ({}),
      (_, { role }) => role.addToPrincipalPolicy(allow('ssmmessages:*', 's3:GetObject')),
    );
    expect(warning).toContain('but lacks ssm:UpdateInstanceInformation. Target');
  });

  test('causes a warning although another statement denies with NotAction', () => {
    const denied = { effect: iam.Effect.DENY, notActions: ['iam:*'], resources: ['*'] };
    const [warning] = warningsFor(
      () => ({}),
      (_, { role }) => role.addToPrincipalPolicy(new iam.PolicyStatement(denied)),
    );
    expect(warning).toContain('but lacks ssm:UpdateInstanceInformation');
  });

  test('causes one warning for all hosts with the same role', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy });
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });
    const hosts = ['web', 'db'].map((id) => {
      const instanceType = new ec2.InstanceType('t3.micro');
      const machineImage = ec2.MachineImage.latestAmazonLinux2023();
      return SshHost.sessionManager(id, new ec2.Instance(stack, id, { vpc, instanceType, machineImage, role }));
    });
    new SshClientConfig(stack, 'Config', { hosts });
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('Session Manager'));
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringMatching(/^SshHost.sessionManager\('web'\)/),
    ]);
  });

  test.each<[string, Parameters<typeof warningsFor>]>([
    ['ssmSessionPermissions', [() => ({ ssmSessionPermissions: true })]],
    [
      'an SshKeepalive that is added afterwards',
      [
        () => ({}),
        (stack, instance) =>
          new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.existingInstance(instance)] }),
      ],
    ],
    [
      'a policy with wildcards',
      [() => ({}), (_, { role }) => role.addToPrincipalPolicy(allow('ssmmessages:*', 'SSM:Update*'))],
    ],
    [
      'a statement with NotAction, whose actions are not known',
      [
        () => ({}),
        (_, { role }) =>
          role.addToPrincipalPolicy(new iam.PolicyStatement({ notActions: ['iam:*'], resources: ['*'] })),
      ],
    ],
    [
      'an inline policy of its role',
      [
        (stack) => {
          const inline = new iam.PolicyDocument({ statements: [allow('ssmmessages:*', 'ssm:*')] });
          return { role: new iam.Role(stack, 'Role', { assumedBy, inlinePolicies: { inline } }) };
        },
      ],
    ],
    ['an imported role', [(stack) => ({ role: iam.Role.fromRoleName(stack, 'Role', 'theirs') })]],
    [
      'a managed policy, whose actions are not known',
      [
        (stack) => {
          const managedPolicies = [iam.ManagedPolicy.fromManagedPolicyName(stack, 'Managed', 'theirs')];
          return { role: new iam.Role(stack, 'Role', { assumedBy, managedPolicies }) };
        },
      ],
    ],
    [
      'an acknowledgement',
      [
        () => ({}),
        (stack) =>
          CoreAnnotations.of(stack.node.findChild('Config')).acknowledgeWarning(
            'cdk-ssh-keepalive:SshClientConfig.sessionManagerPermissions',
            'Default Host Management Configuration is enabled',
          ),
      ],
    ],
  ])('causes no warning with %s', (_, args) => {
    expect(warningsFor(...args)).toEqual([]);
  });
});

test('another copy of the library recognizes its objects, and no others', () => {
  const config = new SshClientConfig(newStack(), 'Config');
  expect(SshClientConfig.isSshClientConfig(config)).toBe(true);
  expect([undefined, null, 'x', newStack(), {}].map((x) => SshClientConfig.isSshClientConfig(x))).toEqual(
    Array(5).fill(false),
  );
  jest.isolateModules(() => {
    const copy = jest.requireActual<{ SshClientConfig: typeof SshClientConfig }>('../lib');
    expect(copy.SshClientConfig).not.toBe(SshClientConfig);
    expect(copy.SshClientConfig.isSshClientConfig(config)).toBe(true);
  });
});
