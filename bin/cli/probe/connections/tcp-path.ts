// The path to a listener of `probe --listen`, over plain TCP.
import { randomBytes } from 'node:crypto';
import { type Socket, createConnection } from 'node:net';
import { CliError } from '../../shared/exit-code';
import type { Connection, ConnectionEvents, Control, Direction, Path } from './path';
import { PING, PONG, READY, SPEAK, WORD, onLines } from './protocol';

const OPEN_SECONDS = 15;

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Start 'npx cdk-ssh-keepalive probe --listen PORT' there, and check the port.",
  ENOTFOUND: 'Check the name of the host.',
  EMFILE: "Raise the limit with 'ulimit -n 1024'.",
};

/** Over plain TCP. */
export class TcpPath implements Path {
  public readonly name: string;
  public readonly parallel = 16;
  private readonly measurement = randomBytes(16).toString('hex');
  private readonly sockets: Socket[] = [];
  private control: Socket | undefined;
  private names = 0;
  private isClosed = false;

  public constructor(
    private readonly host: string,
    private readonly port: number,
  ) {
    this.name = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  public async openControl({ onAnswer, onClose }: Omit<ConnectionEvents, 'onKeepalive'>): Promise<Control> {
    const control = await this.connect('control', PONG, { onAnswer, onClose });
    this.control = control;
    return { ping: () => void control.write(`${PING}\n`) };
  }

  public async open(first: Direction, events: ConnectionEvents): Promise<Connection> {
    const name = (this.names++).toString(16);
    const socket = await this.connect(name, WORD, events);
    return {
      speak: () => void (first === 'client' ? socket.write(`${WORD}\n`) : this.control?.write(`${SPEAK} ${name}\n`)),
    };
  }

  public close(): Promise<void> {
    this.isClosed = true;
    for (const socket of this.sockets) socket.destroy();
    return Promise.resolve();
  }

  /** A connection that the listener has accepted. */
  private connect(
    name: string,
    answer: string,
    { onAnswer, onClose }: Omit<ConnectionEvents, 'onKeepalive'>,
  ): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: this.host, port: this.port, noDelay: true });
      this.sockets.push(socket);
      let [isReady, reason] = [false, 'closed by the other side'];
      const timer = setTimeout(
        () => socket.destroy(new Error(`no answer within ${OPEN_SECONDS} s`)),
        OPEN_SECONDS * 1000,
      );
      socket.once('connect', () => socket.write(`cdk-ssh-keepalive-probe 1 ${this.measurement} ${name}\n`));
      socket.setEncoding('utf8').on(
        'data',
        onLines((line) => {
          if (isReady && line === answer) return onAnswer();
          if (isReady) return;
          if (line !== READY) return void socket.destroy(new Error('an answer that is not of this protocol'));
          isReady = true;
          clearTimeout(timer);
          resolve(socket);
        }) as (data: unknown) => void,
      );
      socket.once('error', ({ message, code }: NodeJS.ErrnoException) => {
        reason = message;
        reject(this.explain(message, code));
      });
      socket.once('close', () => {
        clearTimeout(timer);
        reject(this.explain(reason));
        if (isReady && !this.isClosed) onClose(reason, 'disconnected');
      });
    });
  }

  private explain(reason: string, code = ''): CliError {
    const advice =
      ADVICE[code] ??
      "Check that 'npx cdk-ssh-keepalive probe --listen PORT' runs there, and that firewalls let the port through.";
    return new CliError(`probe: ${this.name} was not reached, got: ${reason}. ${advice}`);
  }
}
