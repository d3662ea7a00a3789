// The far side of a probe over TCP: what it answers, and what it refuses.
import { type Socket, createConnection } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Listener } from '../../../bin/cli/probe/connections/listener';
import { TcpPath } from '../../../bin/cli/probe/connections/tcp-path';
import { measure } from '../../../bin/cli/probe/measurement/measure';
import { Relay } from '../../../bin/test-bed/relay';

const MEASUREMENT = '0123456789abcdef0123456789abcdef';
const MOST = 40;

let listener: Listener;
beforeEach(async () => (listener = await Listener.listen({ port: 0, maxConnections: MOST })));
afterEach(() => listener.close());

/** A connection that has sent these bytes, and what came back. */
class Client {
  public received = '';
  public isClosed = false;
  public readonly socket: Socket;

  public constructor(bytes: string) {
    this.socket = createConnection(listener.port, '127.0.0.1');
    this.socket.on('data', (data) => (this.received += data.toString()));
    this.socket.on('error', () => undefined);
    this.socket.once('close', () => (this.isClosed = true));
    this.socket.write(bytes);
  }

  public async receives(text: string): Promise<void> {
    for (let i = 0; this.received !== text && i < 100; i++) await wait(20);
    expect(this.received).toBe(text);
  }

  public async closes(): Promise<void> {
    for (let i = 0; !this.isClosed && i < 100; i++) await wait(20);
    expect(this.isClosed).toBe(true);
  }
}

const hello = (name: string, measurement = MEASUREMENT): string => `cdk-ssh-keepalive-probe 1 ${measurement} ${name}\n`;

it('returns the word of a client, and speaks first when the control connection asks for it', async () => {
  const control = new Client(hello('control'));
  await control.receives('cdk-ssh-keepalive-ready\n');
  const [one, two] = [new Client(hello('1')), new Client(hello('2'))];
  await one.receives('cdk-ssh-keepalive-ready\n');
  await two.receives('cdk-ssh-keepalive-ready\n');
  one.socket.write('word\n');
  await one.receives('cdk-ssh-keepalive-ready\nword\n');
  control.socket.write('ping\nspeak 2\nspeak 3\n');
  await two.receives('cdk-ssh-keepalive-ready\nword\n');
  await control.receives('cdk-ssh-keepalive-ready\npong\n');
  expect(one.received).toBe('cdk-ssh-keepalive-ready\nword\n');
});

it.each([
  ['another protocol', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an ssh client', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a line that is too long', `${'x'.repeat(5000)}\n`],
  ['a line that does not end', 'x'.repeat(5000)],
  ['a connection of an unknown measurement', hello('1')],
  ['a name that is none', hello('../1')],
])('closes %s without an answer', async (_, bytes) => {
  const client = new Client(bytes);
  await client.closes();
  expect(client.received).toBe('');
});

it('closes a connection that says something else later', async () => {
  const control = new Client(hello('control'));
  await control.receives('cdk-ssh-keepalive-ready\n');
  const client = new Client(hello('1'));
  await client.receives('cdk-ssh-keepalive-ready\n');
  client.socket.write('something\n');
  await client.closes();
  control.socket.write('something\n');
  await control.closes();
});

it.each(['control', '1'])('closes a connection that sends and does not read: %s', async (name) => {
  const control = new Client(name === 'control' ? '' : hello('control'));
  if (name !== 'control') await control.receives('cdk-ssh-keepalive-ready\n');
  const client = new Client(hello(name));
  await client.receives('cdk-ssh-keepalive-ready\n');
  client.socket.pause();
  client.socket.write((name === 'control' ? 'ping\n' : 'word\n').repeat(4_000_000));
  await client.closes();
});

it('keeps measurements apart', async () => {
  const [control, other] = [new Client(hello('control')), new Client(hello('control', 'f'.repeat(32)))];
  await control.receives('cdk-ssh-keepalive-ready\n');
  await other.receives('cdk-ssh-keepalive-ready\n');
  await new Client(hello('control')).closes();
  const client = new Client(hello('1'));
  await client.receives('cdk-ssh-keepalive-ready\n');
  other.socket.write('speak 1\nping\n');
  await other.receives('cdk-ssh-keepalive-ready\npong\n');
  expect(client.received).toBe('cdk-ssh-keepalive-ready\n');
});

it('ends the connections of a measurement with its control connection', async () => {
  const control = new Client(hello('control'));
  await control.receives('cdk-ssh-keepalive-ready\n');
  const client = new Client(hello('1'));
  await client.receives('cdk-ssh-keepalive-ready\n');
  control.socket.destroy();
  await client.closes();
});

it('ends a measurement whose control connection is silent, and no other', async () => {
  listener.close();
  listener = await Listener.listen({ port: 0, maxConnections: MOST, silentSeconds: 1 });
  const [silent, other] = [new Client(hello('control')), new Client(hello('control', 'f'.repeat(32)))];
  await silent.receives('cdk-ssh-keepalive-ready\n');
  await other.receives('cdk-ssh-keepalive-ready\n');
  const client = new Client(hello('1'));
  await client.receives('cdk-ssh-keepalive-ready\n');
  const pings = setInterval(() => other.socket.write('ping\n'), 200);
  await silent.closes();
  await client.closes();
  await wait(500);
  clearInterval(pings);
  expect(other.isClosed).toBe(false);
});

it('takes no more connections than it may', async () => {
  const clients = Array.from({ length: MOST + 5 }, () => new Client(''));
  for (let i = 0; clients.filter(({ isClosed }) => isClosed).length < 5 && i < 100; i++) await wait(20);
  expect(clients.filter(({ isClosed }) => isClosed)).toHaveLength(5);
  for (const { socket } of clients) socket.destroy();
});

it('is measured through a path that forgets, in both directions', async () => {
  const relay = await Relay.listen({ targetPort: listener.port, forgetAfterMs: 3_000 });
  const path = new TcpPath('127.0.0.1', relay.port);
  const { directions, end } = await measure(path, { max: 8, replyTimeout: 3 });
  await path.close();
  relay.close();
  expect(end).toBe('complete');
  for (const { lower, upper } of directions) {
    expect(lower).toBeLessThanOrEqual(3.2);
    expect(lower).toBeGreaterThan(2);
    expect(upper).toBeGreaterThan(2.9);
    expect(upper).toBeLessThan(4);
  }
}, 30_000);
