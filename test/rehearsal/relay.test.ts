import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EchoServer } from '../../bin/rehearsal/echo-server';
import type { End, RelayProps } from '../../bin/rehearsal/relay';
import { Relay } from '../../bin/rehearsal/relay';

const FORGET_AFTER_MS = 150;

describe('A relay', () => {
  const closables: { close(): void }[] = [];
  afterEach(() => closables.splice(0).forEach((closable) => closable.close()));

  interface Client {
    readonly socket: Socket;
    /** What came, with `END`, `CLOSED` and errors among it. */
    readonly came: string[];
    say(text: string): Promise<void>;
  }

  async function connectThrough(props: Partial<RelayProps> = {}): Promise<Client> {
    const echo = await EchoServer.listen();
    const relay = await Relay.listen({ targetPort: echo.port, forgetAfterMs: FORGET_AFTER_MS, ...props });
    const socket = connect({ port: relay.port, host: '127.0.0.1', allowHalfOpen: true });
    closables.push(relay, echo, { close: () => socket.destroy() });
    const came: string[] = [];
    socket.on('data', (data) => came.push(data.toString()));
    socket.on('end', () => came.push('END'));
    socket.on('close', () => came.push('CLOSED'));
    socket.on('error', (error) => came.push(error.message));
    const say = async (text: string): Promise<void> => {
      socket.write(text);
      await sleep(30);
    };
    return { socket, came, say };
  }

  it('passes on what either end sends, and says who did', async () => {
    const traffic: End[] = [];
    const { came, say } = await connectThrough({ onTraffic: (from) => traffic.push(from) });
    await say('hello');
    expect(came).toEqual(['hello']);
    expect(traffic).toEqual(['client', 'server']);
  });

  it('passes on an end of stream', async () => {
    const { socket, came } = await connectThrough();
    socket.end('bye');
    await sleep(60);
    expect(came).toEqual(['bye', 'END', 'CLOSED']);
  });

  it('remembers a connection for as long as something passes', async () => {
    const forgotten = jest.fn();
    const { came, say } = await connectThrough({ onForgotten: forgotten });
    for (let round = 0; round < 6; round++) {
      await say(`${round}`);
      await sleep(FORGET_AFTER_MS / 2 - 30);
    }
    expect(came).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(forgotten).not.toHaveBeenCalled();
  });

  it('forgets an idle connection without a word: no FIN, no RST, no answer ever again', async () => {
    const [forgotten, traffic] = [jest.fn(), jest.fn()];
    const { socket, came, say } = await connectThrough({ onForgotten: forgotten, onTraffic: traffic });
    await say('hello');
    traffic.mockClear();
    await sleep(FORGET_AFTER_MS + 50);
    expect(forgotten).toHaveBeenCalledTimes(1);
    await say('anybody there?');
    await say('hello?');
    await sleep(FORGET_AFTER_MS + 50);
    socket.end();
    await sleep(50);
    expect(came).toEqual(['hello']);
    expect(traffic).not.toHaveBeenCalled();
    expect(forgotten).toHaveBeenCalledTimes(1);
  });

  it('does not forget a connection that both ends have closed', async () => {
    const forgotten = jest.fn();
    const { socket } = await connectThrough({ onForgotten: forgotten });
    socket.end();
    await sleep(FORGET_AFTER_MS + 100);
    expect(forgotten).not.toHaveBeenCalled();
  });
});
