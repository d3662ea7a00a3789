// A session of the user's own ssh without keepalives, whose debug output on stderr shows what else passes through it.
import { type ChildProcess, spawn } from 'node:child_process';
import { missingSsh } from '../../shared/missing-ssh';
import { oneLine } from '../../shared/printable';
import type { Ending } from './path';
import { onLines } from './protocol';

/** What a session reports. */
export interface SshEvents {
  /** A line of the server. */
  onLine(line: string): void;
  /** A keepalive of the server arrived. */
  onKeepalive(): void;
  /** ssh has ended, with what it printed last. */
  onEnd(reason: string, ending: Ending): void;
}

/** Everything in the user's configuration that would make the connection talk, share another one, or do more than it should. */
const OPTIONS = [
  'ServerAliveInterval=0',
  'TCPKeepAlive=no',
  'ControlMaster=no',
  'ControlPath=none',
  'RekeyLimit=default none',
  'ClearAllForwardings=yes',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'UpdateHostKeys=no',
  // There is no terminal to prompt at, and dozens of prompts would be no use.
  'BatchMode=yes',
  'ConnectTimeout=15',
  'ConnectionAttempts=1',
  'LogLevel=DEBUG1',
];

/** Lines that ssh prints in every session, and that explain nothing. */
const NOISE =
  /^(debug\d|OpenSSH_|Authenticated to |Transferred: |Bytes per second|Pseudo-terminal |Warning: Permanently added|\*\* )/;

/** The output of a security key that requires a touch. */
const TOUCH = 'Confirm user presence';
/** Why the session ends. */
export const NEEDS_TOUCH = 'the key requires a touch for each connection';

/** The connection ended, and the session with it. */
const DISCONNECTED =
  /closed by remote host|connection (reset|closed|timed out)|disconnect|broken pipe|no route to host|unreachable/i;

/** The last line about a session whose connection ended, or whose server closed it. */
const NO_EXIT_STATUS = 'debug1: Exit status -1';
/** A signal on the server ended the command of the session; its exit status is -1, too. */
const EXIT_SIGNAL = 'rtype exit-signal';
const KILLED = 'a signal ended the session on the server';
/** The reason where neither the command ended nor the connection: ssh has no message about it. */
const CLOSED_CHANNEL = 'sshd closed the session channel, as its ChannelTimeout does';

const LONGEST_LINE = 4096;
const LINES_OF_REASON = 3;

const running = new Set<SshProcess>();
process.on('exit', () => {
  for (const one of running) one.kill();
});

/** A running ssh. */
export class SshProcess {
  private readonly child: ChildProcess;
  private messages: string[] = [];
  private isDisconnected = false;
  private readonly ended: Promise<void>;
  private isClosed = false;

  /** Starts ssh; `more` are options for this host. */
  public constructor(host: string, more: readonly string[], command: string, events: SshEvents) {
    const options = OPTIONS.flatMap((option) => ['-o', option]);
    // A process group of its own: Ctrl-C reaches this program alone, which then closes the sessions in order.
    this.child = spawn('ssh', ['-T', '-a', ...options, ...more, '--', host, command], {
      // On Windows that would open a console for each.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: 'pipe',
    });
    const onText = (stream: 'stdout' | 'stderr', onLine: (line: string) => void): void =>
      void this.child[stream]?.setEncoding('utf8').on('data', onLines(onLine, LONGEST_LINE));
    onText('stdout', (line) => events.onLine(line));
    onText('stderr', (line) => {
      if (line.startsWith('debug1:') && line.includes('rtype keepalive@openssh.com')) events.onKeepalive();
      if (line.startsWith('debug1:') && line.includes(EXIT_SIGNAL)) this.remember(KILLED);
      if (line === NO_EXIT_STATUS && !this.isDisconnected && !this.messages.includes(KILLED))
        this.remember(CLOSED_CHANNEL);
      if (line.startsWith(TOUCH)) {
        this.remember(NEEDS_TOUCH);
        this.kill();
      }
      if (line.trim() !== '' && !NOISE.test(line)) this.remember(line.trim());
    });
    // An ssh that has ended is reported by its end.
    this.child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const onEnd = (reason: string): void => {
        resolve();
        if (!this.isClosed) events.onEnd(reason, this.isDisconnected ? 'disconnected' : 'closed');
        this.isClosed = true;
      };
      this.child.once('error', (error: NodeJS.ErrnoException) => onEnd(whyNotStarted(error)));
      this.child.once('close', (status, signal) => {
        const last = this.messages.join(' ');
        onEnd(oneLine(last || `ssh ended with ${signal ?? `status ${status}`}`, 300));
      });
    });
    running.add(this);
    void this.ended.then(() => running.delete(this));
  }

  /** What was printed so far explains no end: a banner, and warnings. */
  public forgetMessages(): void {
    this.messages = [];
    this.isDisconnected = false;
  }

  public send(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Ends the input, waits so many seconds for the server to end the session, and ends ssh itself. */
  public async close(seconds: number): Promise<void> {
    this.isClosed = true;
    this.child.stdin?.end();
    const timer = setTimeout(() => this.kill(), seconds * 1000);
    await this.ended;
    clearTimeout(timer);
  }

  private remember(message: string): void {
    this.messages = [...this.messages, message].slice(-LINES_OF_REASON);
    this.isDisconnected ||= DISCONNECTED.test(message);
  }

  /** Ends ssh at once. */
  public kill(): void {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      // With the programs of ProxyCommand and ProxyJump.
      if (process.platform === 'win32') this.child.kill();
      else process.kill(-pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  }
}

function whyNotStarted({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return missingSsh(process.platform, 'for this').message;
  if (code === 'EMFILE' || code === 'EAGAIN') return `${message}: too many open files or processes, see 'ulimit -n -u'`;
  return message;
}
