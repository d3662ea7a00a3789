import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { EchoServer } from '../../bin/test-bed/echo-server';
import type { End, RelayProps } from '../../bin/test-bed/relay';
import { Relay } from '../../bin/test-bed/relay';

const FORGET_AFTER_MS = 60_000;
const realTimeout = setTimeout;

/** Long enough for what must not come to arrive, were it sent. */
const aMoment = (): Promise<void> => new Promise((resolve) => realTimeout(resolve, 100));

describe('A relay', () => {
  // Sockets are real; the clock is turned by hand, since a busy machine is late.
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  const closables: { close(): void }[] = [];
  afterEach(() => {
    closables.splice(0).forEach((closable) => closable.close());
    jest.useRealTimers();
  });

  interface Client {
    readonly socket: Socket;
    /** What came, with `END`, `CLOSED` and errors among it. */
    readonly came: string[];
    /** Says something and waits for its echo. */
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
      await once(socket, 'data');
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
    await once(socket, 'close');
    expect(came).toEqual(['bye', 'END', 'CLOSED']);
  });

  it('remembers a connection for as long as something passes', async () => {
    const forgotten = jest.fn();
    const { came, say } = await connectThrough({ onForgotten: forgotten });
    for (const round of ['0', '1', '2', '3']) {
      await say(round);
      jest.advanceTimersByTime(FORGET_AFTER_MS - 1);
    }
    await say('4');
    expect(came).toEqual(['0', '1', '2', '3', '4']);
    expect(forgotten).not.toHaveBeenCalled();
  });

  it('forgets an idle connection without a word: no FIN, no RST, no answer ever again', async () => {
    const [forgotten, traffic] = [jest.fn(), jest.fn()];
    const { socket, came, say } = await connectThrough({ onForgotten: forgotten, onTraffic: traffic });
    await say('hello');
    traffic.mockClear();
    jest.advanceTimersByTime(FORGET_AFTER_MS);
    expect(forgotten).toHaveBeenCalledTimes(1);
    socket.write('anybody there?');
    await aMoment();
    jest.advanceTimersByTime(FORGET_AFTER_MS);
    socket.end();
    await aMoment();
    expect(came).toEqual(['hello']);
    expect(traffic).not.toHaveBeenCalled();
    expect(forgotten).toHaveBeenCalledTimes(1);
  });

  it('does not forget a connection that both ends have closed', async () => {
    const forgotten = jest.fn();
    const { socket } = await connectThrough({ onForgotten: forgotten });
    socket.end();
    await once(socket, 'close');
    await aMoment();
    jest.advanceTimersByTime(FORGET_AFTER_MS);
    expect(forgotten).not.toHaveBeenCalled();
  });
});
