// A socket of qemu on which requests and answers are lines of JSON: QMP, or the guest agent.
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

export class JsonSocket {
  /** Connects as soon as qemu has made the socket. */
  static async connect(path: string, seconds: number): Promise<JsonSocket> {
    for (const end = performance.now() + seconds * 1000; ; await wait(50)) {
      const socket = connect(path);
      try {
        await once(socket, 'connect');
        return new JsonSocket(socket);
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  private readonly waiting: ((answer: Answer) => void)[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    const lines = createInterface({ input: socket });
    // A killed qemu resets its connections.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      // The agent's answer to a synchronization can have garbage of an earlier connection before it.
      const answer = JSON.parse(line.replace(/^[^{]*/, '')) as Answer;
      if (answer.return !== undefined || answer.error) this.waiting.shift()?.(answer);
    });
  }

  /** Sends a command and waits for its answer; undefined where none comes in time. */
  async request(command: string, args: object = {}, seconds = 600): Promise<unknown> {
    const answered = new Promise<Answer>((resolve) => this.waiting.push(resolve));
    this.socket.write(JSON.stringify({ execute: command, arguments: args }) + '\n');
    const controller = new AbortController();
    const answer = await Promise.race([
      answered,
      wait(seconds * 1000, undefined, { signal: controller.signal, ref: false }),
    ]);
    controller.abort();
    if (answer?.error) throw new Error(`${command}: ${answer.error.desc}`);
    return answer?.return;
  }

  close(): void {
    this.socket.destroy();
  }
}
