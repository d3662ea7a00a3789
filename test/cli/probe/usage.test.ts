// Wrong usage of the probe: what it says, before it connects to anything.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { BUNDLE, Home } from '../command-line';
import { type Screen, atTerminal } from '../../support/pseudo-terminal';
import { describeWith } from '../../support/requirements';
import { Listener } from '../../../bin/cli/probe/connections/listener';

const home = new Home();
afterAll(() => home.remove());

it.each([
  ['', 'probe: the host is missing. Give it as you type it after ssh, or tcp://HOST:PORT.'],
  ['-x', "unknown option '-x'. Run 'cdk-ssh-keepalive probe --help' for usage."],
  ['--max 0 web', "--max: must be a duration from 5s to 2h, got: '0'. For example --max 15m."],
  ['--max 3h web', "--max: must be a duration from 5s to 2h, got: '3h'. For example --max 15m."],
  ['--max soon web', "--max: must be a duration from 5s to 2h, got: 'soon'. For example --max 15m."],
  ['--reply-timeout 2 web', "--reply-timeout: must be a number from 3 to 60, got: '2'."],
  ['tcp://web', "probe: must be tcp://HOST:PORT, got: 'tcp://web'. For example tcp://203.0.113.7:8022."],
  ['tcp://web:99999', "port: must be a number from 1 to 65535, got: '99999'."],
  ['tcp://web:1 --config x', "--config: is for ssh, not for tcp://, got: 'x'. Leave it out."],
  ['web --for 1h', "--for: is for --listen, got: '1h'. Leave it out."],
  ['web --max-connections 1', "--max-connections: is for --listen, got: '1'. Leave it out."],
  ['--listen 0', "--listen: must be a number from 1 to 65535, got: '0'."],
  ['--listen 8022 web', "host: cannot be combined with --listen, which waits for others, got: 'web'. Leave it out."],
  [
    '--listen 8022 --svg x',
    "--svg: cannot be combined with --listen: it belongs to the other side, got: 'x'. Leave it out.",
  ],
  ['--listen 8022 --for 2s', "--for: must be a duration from 10s to 24h, got: '2s'. For example --for 3h."],
])('probe %s', async (line, message) => {
  const { status, stdout, stderr } = await home.run(['probe', ...line.split(' ').filter(Boolean)]);
  expect([status, stdout, stderr]).toEqual([2, '', `${message}\n`]);
});

it('a picture that cannot be written costs no time', async () => {
  const { status, stderr } = await home.run(['probe', 'tcp://127.0.0.1:1', '--svg', home.path('none/limit.svg')]);
  expect([status, stderr]).toEqual([3, expect.stringMatching(/^--svg: the file cannot be written, got: ENOENT/)]);
});

it('a measurement that fails leaves the old picture, and makes no new one', async () => {
  const old = home.path('pictures/old.svg');
  mkdirSync(home.path('pictures'));
  writeFileSync(old, '<svg/>');
  for (const picture of [old, home.path('pictures/new.svg')]) {
    const { status } = await home.run(['probe', 'tcp://127.0.0.1:1', '--svg', picture]);
    expect(status).toBe(3);
  }
  expect(readFileSync(old, 'utf8')).toBe('<svg/>');
  expect(readdirSync(home.path('pictures'))).toEqual(['old.svg']);
});

it('an error is one JSON document with --json', async () => {
  const { status, stdout, stderr } = await home.run(['probe', 'tcp://127.0.0.1:1', '--json']);
  const { error } = JSON.parse(stdout) as { error: { message: string; exitCode: number } };
  expect([status, stderr, error.exitCode]).toEqual([3, '', 3]);
  expect(error.message).toMatch(
    /^probe: tcp:\/\/127\.0\.0\.1:1 was not reached, got: connect ECONNREFUSED .*--listen PORT/,
  );
});

it('a flag that is refused has no value in the message', async () => {
  const { status, stdout } = await home.run(['probe', '--listen', '8022', '--json']);
  const { error } = JSON.parse(stdout) as { error: { message: string } };
  expect([status, error.message]).toEqual([
    2,
    '--json: cannot be combined with --listen: it belongs to the other side. Leave it out.',
  ]);
});

it('a port of something else is an error', async () => {
  const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { status, stderr } = await home.run(['probe', `tcp://127.0.0.1:${port}`]);
  server.close();
  expect([status, stderr]).toEqual([3, expect.stringContaining('got: an answer that is not of this protocol.')]);
});

it('a machine without ssh is an error that names the package', async () => {
  const { status, stderr } = await home.run(['probe', 'web'], { env: { PATH: home.folder } });
  expect([status, stderr]).toEqual([3, expect.stringMatching(/^ssh: not found on the PATH/)]);
});

it('an IPv6 address is a host', async () => {
  const { status, stderr } = await home.run(['probe', '::1'], { env: { PATH: home.folder } });
  expect([status, stderr]).toEqual([3, expect.stringMatching(/^ssh: not found on the PATH/)]);
});

describeWith(['script'], 'Ctrl-C', () => {
  it('ends it with what is known, and a live line shows that before', async () => {
    const listener = await Listener.listen({ port: 0, maxConnections: 200 });
    const { status, screen }: Screen = await atTerminal(
      `'${process.execPath}' '${BUNDLE}' probe tcp://127.0.0.1:${listener.port}`,
      home.env,
      [[/\d s {2}alive after 2[.\d]* s; 15 m \d+ s left at most/, '\x03']],
    );
    listener.close();
    expect(status).toBe(130);
    expect(screen).toMatch(
      /client speaks first {2}alive after [\d.]+ s\n {2}server speaks first {2}alive after [^]*Not measured: interrupted\./,
    );
  });
});
