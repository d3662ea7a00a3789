// A session of the real ssh. Whether it lives is decided by an echo through it, since a forgotten ssh may say nothing at
// all. Knows nothing about the path that it goes through.
import type { ChildProcess } from 'node:child_process';
import { end, start } from './unprivileged';

/** Where a session goes and how. */
export interface SessionProps {
  /** The program. */
  readonly ssh: string;
  /** A folder in which it may work. */
  readonly folder: string;
  readonly user: string;
  readonly identityFile: string;
  /** Knows sshd's host key under the name `rehearsal`. */
  readonly knownHostsFile: string;
  /** Where sshd, or the path to it, listens on 127.0.0.1. */
  readonly port: number;
  /** An echo that sshd can reach on 127.0.0.1. */
  readonly echoPort: number;
  /** The ssh_config under test. */
  readonly configFile: string;
}

const OPEN_TIMEOUT_MS = 15_000;

/** A session; open one with `Session.open`. */
export class Session {
  /** Opens a session, and returns when something has come back through it. */
  static async open(props: SessionProps): Promise<Session> {
    const session = new Session(props);
    if (await session.echo(OPEN_TIMEOUT_MS)) return session;
    session.close();
    throw new Error(`ssh opened no session: ${session.message ?? 'it said nothing'}`);
  }

  private readonly ssh: ChildProcess;
  private echoes = 0;
  private stdout = '';
  private stderr = '';

  private constructor(props: SessionProps) {
    this.ssh = start(props.ssh, commandLine(props), { cwd: props.folder, stdio: 'pipe' });
    this.ssh.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.ssh.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // Writing to an ssh that has ended is no surprise here; the missing echo tells it.
    this.ssh.stdin?.on('error', () => undefined);
  }

  /** Types a line; whether it comes back in time. */
  echo(timeoutMs: number): Promise<boolean> {
    const line = `echo ${++this.echoes}\n`;
    return new Promise((resolve) => {
      const settle = (answered: boolean): void => {
        clearTimeout(timer);
        this.ssh.stdout?.off('data', look);
        this.ssh.off('close', gone);
        resolve(answered);
      };
      const look = (): void => {
        if (this.stdout.endsWith(line)) settle(true);
      };
      const gone = (): void => settle(false);
      const timer = setTimeout(gone, timeoutMs);
      this.ssh.stdout?.on('data', look);
      this.ssh.once('close', gone);
      if (this.ssh.exitCode !== null || this.ssh.signalCode !== null) return gone();
      this.ssh.stdin?.write(line);
    });
  }

  /** What ssh itself has said, or null. */
  get message(): string | null {
    return this.stderr.trim() || null;
  }

  /** Ends ssh. */
  close(): void {
    end(this.ssh);
  }
}

function commandLine(props: SessionProps): string[] {
  const options = [
    // A known host, so that ssh prints no warning about it.
    'HostKeyAlias=rehearsal',
    `UserKnownHostsFile=${props.knownHostsFile}`,
    'StrictHostKeyChecking=yes',
    'IdentitiesOnly=yes',
    // No BatchMode, although there is no terminal to prompt at: with it, Debian's ssh sends keepalives of its own.
    'PreferredAuthentications=publickey',
    // At ERROR, ssh does not report that it gives up on a server.
    'LogLevel=INFO',
  ];
  return [
    ...['-F', props.configFile, '-i', props.identityFile, '-l', props.user, '-p', `${props.port}`],
    ...options.flatMap((option) => ['-o', option]),
    // A forwarded channel instead of a shell: nobody's is nologin.
    ...['-W', `127.0.0.1:${props.echoPort}`, '127.0.0.1'],
  ];
}
