// The path to an sshd, through the user's own ssh and configuration.
import { randomBytes } from 'node:crypto';
import { CliError } from '../../shared/exit-code';
import type { Connection, ConnectionEvents, Control, Direction, Path } from './path';
import { PING, PONG, READY, SPEAK, WORD } from './protocol';
import { controlScript, sessionScript } from './remote-scripts';
import { NEEDS_TOUCH, SshProcess } from './ssh-process';
import type { SshSettings } from './ssh-settings';

/** From the start of ssh until the server's shell answers: with slow hops, but not forever. */
const READY_SECONDS = 30;

/** For the control connection to end the sessions on the server. */
const CLOSE_SECONDS = 3;

/** What to do about the message of an ssh that did not connect. */
const ADVICE: readonly (readonly [RegExp, (host: string) => string])[] = [
  [
    /Permission denied|Too many authentication failures|no mutual signature/i,
    (host) =>
      `probe opens dozens of connections, so it needs a key that works without a prompt: add it with 'ssh-add', check with 'ssh -o BatchMode=yes ${host} true', or measure without sshd: probe --listen`,
  ],
  [
    new RegExp(NEEDS_TOUCH),
    () => 'Use a key without touch (IdentityFile in ssh_config), or measure without sshd: probe --listen',
  ],
  [/Host key verification failed|REMOTE HOST IDENTIFICATION/i, (host) => `Check the host key once with 'ssh ${host}'`],
  [/Could not resolve|Name or service not known|nodename nor servname/i, () => 'Check the name of the host'],
  [/Connection refused/i, () => 'Check the port, and that sshd runs'],
  [
    /timed out|No route to host|Network is unreachable/i,
    () => 'Check the address, the network, and the security group of the instance',
  ],
  [/not found on the PATH/, () => ''],
  [/too many open files/, () => "Raise the limit with 'ulimit -n 1024'"],
];

/** Over ssh. */
export class SshPath implements Path {
  public readonly name: string;
  /** From ten unauthenticated connections on sshd refuses some: MaxStartups 10:30:100. */
  public readonly parallel = 6;
  private readonly measurement = randomBytes(16).toString('hex');
  private readonly processes: SshProcess[] = [];
  private readonly options: readonly string[];
  private control: SshProcess | undefined;
  private names = 0;
  private isClosed = false;

  public constructor(
    private readonly host: string,
    configOption: readonly string[],
    { address, overrides }: SshSettings,
  ) {
    this.name = `${host} (${address})`;
    this.options = [...configOption, ...overrides];
  }

  public async openControl({ onAnswer, onClose }: Omit<ConnectionEvents, 'onKeepalive'>): Promise<Control> {
    const control = await this.start(controlScript(this.measurement), PONG, {
      onAnswer,
      onClose,
      onKeepalive: () => undefined,
    });
    this.control = control;
    return { ping: () => control.send(PING) };
  }

  public async open(first: Direction, events: ConnectionEvents): Promise<Connection> {
    const name = (this.names++).toString(16);
    const session = await this.start(sessionScript(this.measurement, name), WORD, events);
    return {
      speak: () => (first === 'client' ? session.send(WORD) : this.control?.send(`${SPEAK} ${name}`)),
    };
  }

  public async close(): Promise<void> {
    this.isClosed = true;
    await this.control?.close(CLOSE_SECONDS);
    await Promise.all(this.processes.map((one) => one.close(0)));
  }

  /** A session in which the script is ready. */
  private start(script: string, answer: string, events: ConnectionEvents): Promise<SshProcess> {
    if (this.isClosed) return Promise.reject(this.explain('the measurement is over'));
    return new Promise((resolve, reject) => {
      let isReady = false;
      const process = new SshProcess(this.host, this.options, script, {
        onLine: (line) => {
          if (isReady && line === answer) events.onAnswer();
          if (!isReady && line === READY) {
            isReady = true;
            clearTimeout(timer);
            process.forgetMessages();
            resolve(process);
          }
        },
        onKeepalive: () => events.onKeepalive(),
        onEnd: (reason, ending) => {
          clearTimeout(timer);
          if (isReady) events.onClose(reason, ending);
          else reject(this.explain(reason));
        },
      });
      this.processes.push(process);
      const timer = setTimeout(() => {
        reject(this.explain(`no answer of the server's shell within ${READY_SECONDS} s`));
        void process.close(0);
      }, READY_SECONDS * 1000).unref();
    });
  }

  private explain(reason: string): CliError {
    const [, adviceOf] = ADVICE.find(([pattern]) => pattern.test(reason)) ?? [];
    const advice = adviceOf
      ? adviceOf(this.host)
      : `Check with 'ssh ${this.host} sh -c true': it must run a POSIX shell, and several connections must reach the same server`;
    return new CliError(
      `probe: ssh opened no session on ${this.host}, got: ${reason.replace(/\.$/, '')}.${advice && ` ${advice}.`}`,
    );
  }
}
