import { App, Aws, CfnParameter, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SshHost } from '../lib';
import { hostBlock } from '../lib/client/host-block';

const app = new App();
const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
const web = instance(stack);
const parameter = new CfnParameter(stack, 'Parameter', { type: 'Number' });

function instance(scope: Stack): ec2.Instance {
  return new ec2.Instance(scope, 'Web', {
    vpc: new ec2.Vpc(scope, 'Vpc'),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  });
}

/** The lines of the host's block, with the names of attributes and parameters in the place of tokens. */
function lines(host: SshHost, regionOfConfig = 'us-east-1'): string[] {
  const resolved: unknown = stack.resolve(hostBlock(host._host(regionOfConfig)).text);
  const pieces =
    typeof resolved === 'string' ? [resolved] : (resolved as { 'Fn::Join': [string, Piece[]] })['Fn::Join'][1];
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : (piece['Fn::GetAtt']?.[1] ?? piece.Ref)))
    .join('')
    .replaceAll(stack.getLogicalId(web.instance), '<id>')
    .trimEnd()
    .split('\n');
}

type Piece = string | { 'Fn::GetAtt'?: [string, string]; Ref?: string };

const SESSION_MANAGER =
  '  ProxyCommand aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p';
const ENDPOINT = '  ProxyCommand aws ec2-instance-connect open-tunnel --instance-id %h --remote-port %p';

const everything = { user: 'ec2-user', identityFile: '~/.ssh/web.pem' };

describe('publicDns', () => {
  test('connects to the public DNS name, with the defaults of ssh', () => {
    expect(lines(SshHost.publicDns('web', web))).toEqual(['Host web', '  HostName PublicDnsName']);
  });

  test('supports a user, a port and an identity file', () => {
    expect(lines(SshHost.publicDns('web', web, { ...everything, port: 2222 }))).toEqual([
      'Host web',
      '  HostName PublicDnsName',
      '  User ec2-user',
      '  Port 2222',
      '  IdentityFile ~/.ssh/web.pem',
    ]);
  });
});

describe('privateIp', () => {
  test('connects to the private address, with the defaults of ssh', () => {
    expect(lines(SshHost.privateIp('web', web))).toEqual(['Host web', '  HostName PrivateIp']);
  });

  test('supports a user, a port and an identity file', () => {
    expect(lines(SshHost.privateIp('web', web, { ...everything, port: 2222 })).slice(2)).toEqual([
      '  User ec2-user',
      '  Port 2222',
      '  IdentityFile ~/.ssh/web.pem',
    ]);
  });
});

describe('sessionManager', () => {
  test('connects to the id, through Session Manager in the Region of the instance', () => {
    expect(lines(SshHost.sessionManager('web', web))).toEqual([
      'Host web',
      '  HostName <id>',
      `${SESSION_MANAGER} --region eu-west-1`,
    ]);
  });

  test('supports a user, a port, an identity file, a Region and a profile', () => {
    const host = SshHost.sessionManager('web', web, {
      ...everything,
      port: 2222,
      region: 'ap-southeast-2',
      profile: 'dev',
    });
    expect(lines(host)).toEqual([
      'Host web',
      '  HostName <id>',
      '  User ec2-user',
      '  Port 2222',
      '  IdentityFile ~/.ssh/web.pem',
      `${SESSION_MANAGER} --region ap-southeast-2 --profile dev`,
    ]);
  });

  test('supports an instance of any kind that has an id', () => {
    const l1 = new ec2.CfnInstance(stack, 'L1');
    expect(lines(SshHost.sessionManager('web', l1))).toContain('  HostName L1');
  });
});

test('an instance without an environment is in the Region of the stack with the configuration', () => {
  const withoutEnv = { instanceRef: { instanceId: 'i-0123456789abcdef0' } } as ec2.IInstanceRef;
  expect(lines(SshHost.sessionManager('web', withoutEnv), 'us-east-1')).toContain(
    `${SESSION_MANAGER} --region us-east-1`,
  );
});

describe('instanceConnectEndpoint', () => {
  test('connects to the id, through an endpoint in the Region of the instance', () => {
    expect(lines(SshHost.instanceConnectEndpoint('web', web))).toEqual([
      'Host web',
      '  HostName <id>',
      `${ENDPOINT} --region eu-west-1`,
    ]);
  });

  test('supports a user, an identity file, a Region and a profile', () => {
    const props = { ...everything, region: 'ap-southeast-2', profile: 'dev' };
    expect(lines(SshHost.instanceConnectEndpoint('web', web, props)).slice(2)).toEqual([
      '  User ec2-user',
      '  IdentityFile ~/.ssh/web.pem',
      `${ENDPOINT} --region ap-southeast-2 --profile dev`,
    ]);
  });
});

describe('anySessionManager', () => {
  test('matches every id, in the Region of the stack with the configuration', () => {
    expect(lines(SshHost.anySessionManager(), 'us-east-1')).toEqual([
      'Host i-* mi-*',
      `${SESSION_MANAGER} --region us-east-1`,
    ]);
  });

  test('supports a user, a port, an identity file, a Region and a profile', () => {
    const host = SshHost.anySessionManager({ ...everything, port: 2222, region: 'ap-southeast-2', profile: 'dev' });
    expect(lines(host)).toEqual([
      'Host i-* mi-*',
      '  User ec2-user',
      '  Port 2222',
      '  IdentityFile ~/.ssh/web.pem',
      `${SESSION_MANAGER} --region ap-southeast-2 --profile dev`,
    ]);
  });
});

test('the alias is the name to type after ssh', () => {
  expect(SshHost.privateIp('web', web).alias).toBe('web');
  expect(SshHost.anySessionManager().alias).toBe('i-* mi-*');
});

test('the Region of an environment-agnostic stack is a token', () => {
  const agnostic = new Stack(app, 'Agnostic');
  const host = SshHost.sessionManager('web', new ec2.CfnInstance(agnostic, 'Instance'));
  expect(lines(host)).toContain(`${SESSION_MANAGER} --region AWS::Region`);
});

test('the Region may be Aws.REGION', () => {
  const host = SshHost.sessionManager('web', web, { region: Aws.REGION });
  expect(lines(host)[2]).toBe(`${SESSION_MANAGER} --region AWS::Region`);
});

describe('a token is measured with the largest size of its value', () => {
  const known = 'Host web\n  HostName \n'.length;

  test.each([
    ['a public DNS name', SshHost.publicDns('web', web), 80],
    ['an address', SshHost.privateIp('web', web), 45],
    ['an id', SshHost.sessionManager('web', web), 32 + `${SESSION_MANAGER} --region eu-west-1\n`.length],
    [
      'an id and a Region',
      SshHost.instanceConnectEndpoint('web', web, { region: Aws.REGION }),
      32 + `${ENDPOINT} --region \n`.length + 25,
    ],
  ])('%s', (_, host, bound) => {
    expect(hostBlock(host._host('us-east-1')).maxBytes).toBe(known + bound);
  });
});

describe('a value that is not valid in ssh_config or a shell is an error with its call', () => {
  type Props = Record<string, string | number>;
  const factories: [string, (props: Props) => SshHost][] = [
    ["SshHost.publicDns('web')", (props) => SshHost.publicDns('web', web, props)],
    ["SshHost.privateIp('web')", (props) => SshHost.privateIp('web', web, props)],
    ["SshHost.sessionManager('web')", (props) => SshHost.sessionManager('web', web, props)],
    ["SshHost.instanceConnectEndpoint('web')", (props) => SshHost.instanceConnectEndpoint('web', web, props)],
    ['SshHost.anySessionManager()', (props) => SshHost.anySessionManager(props)],
  ];

  describe.each(factories)('%s', (origin, make) => {
    test.each([
      ['user', 'root\n  ProxyCommand evil', 'must be letters, digits and . _ @ + -, beginning'],
      ['identityFile', 'C:\\key', 'must be a path of ASCII letters'],
    ])('%s', (name, bad, rule) => {
      expect(() => make({ [name]: bad })).toThrow(`${origin}: ${name} ${rule}`);
    });
  });

  describe.each(factories.slice(2))('%s', (origin, make) => {
    test.each([
      ['region', 'eu-west-1; evil', 'must be the name of an AWS Region'],
      ['profile', '$(evil)', 'must be letters, digits and . _ @ + / -, beginning'],
    ])('%s', (name, bad, rule) => {
      expect(() => make({ [name]: bad })).toThrow(`${origin}: ${name} ${rule}`);
    });
  });

  describe.each(factories.filter(([origin]) => !origin.includes('Endpoint')))('%s', (origin, make) => {
    test('port', () => {
      expect(() => make({ port: 0 })).toThrow(`${origin}: port must be a whole number between 1 and 65535, got: 0`);
    });
  });

  test.each(['publicDns', 'privateIp', 'sessionManager', 'instanceConnectEndpoint'] as const)(
    '%s: alias',
    (factory) => {
      expect(() => SshHost[factory]('!web', web)).toThrow(
        `SshHost.${factory}('!web'): alias must be one name of letters, digits, . _ - and the wildcards * ?, ` +
          "with a letter or digit in it and no . or - first, got: '!web'.",
      );
      expect(() => SshHost[factory]('*', web)).toThrow(`SshHost.${factory}('*'): alias must be one name`);
    },
  );

  test('an address that is plain text, from a class of the app', () => {
    const imported = (instancePublicDnsName: string) => ({ ...web, instancePublicDnsName }) as unknown as ec2.IInstance;
    expect(lines(SshHost.publicDns('web', imported('web.example.com')))).toContain('  HostName web.example.com');
    expect(() => SshHost.publicDns('web', imported(''))).toThrow(
      "SshHost.publicDns('web'): instance must be a DNS name, an IP address or an instance id, got: ''.",
    );
  });
});

describe('a token is an error, because it cannot be validated', () => {
  const text = parameter.valueAsString;

  test.each([
    ['user', () => SshHost.publicDns('web', web, { user: text })],
    ['identityFile', () => SshHost.publicDns('web', web, { identityFile: `~/${text}` })],
    ['port', () => SshHost.publicDns('web', web, { port: parameter.valueAsNumber })],
    ['profile', () => SshHost.sessionManager('web', web, { profile: text })],
    ['region', () => SshHost.sessionManager('web', web, { region: text })],
  ])('%s', (name, make) => {
    expect(make).toThrow(/ must be a plain value, got: a \w+ token\. Tokens cannot be validated\.$/);
    expect(make).toThrow(`('web'): ${name} `);
  });

  test('alias', () => {
    expect(() => SshHost.publicDns(text, web)).toThrow(/: alias must be a plain value, got: a string token/);
  });
});
