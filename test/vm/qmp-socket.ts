// The socket that controls a qemu: requests and answers are lines of JSON (QMP).
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

export class QmpSocket {
  /** Connects as soon as qemu has made the socket. */
  static async connect(path: string, seconds: number): Promise<QmpSocket> {
    for (const end = performance.now() + seconds * 1000; ; await wait(50)) {
      const socket = connect(path);
      try {
        await once(socket, 'connect');
        return new QmpSocket(socket);
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
      const answer = JSON.parse(line) as Answer;
      if (answer.return !== undefined || answer.error) this.waiting.shift()?.(answer);
    });
  }

  /** Sends a command and waits for its answer. */
  async request(command: string, args: object = {}): Promise<unknown> {
    const answered = new Promise<Answer>((resolve) => this.waiting.push(resolve));
    this.socket.write(JSON.stringify({ execute: command, arguments: args }) + '\n');
    const answer = await answered;
    if (answer.error) throw new Error(`${command}: ${answer.error.desc}`);
    return answer.return;
  }

  close(): void {
    this.socket.destroy();
  }
}
