// Starts programs without privileges: as nobody when this process is root, else as oneself. Scripts, sshd, ssh and what
// fetches them are started in no other way, so none of them ever runs as root. Knows nothing about what it starts.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** The user that programs are started as; uid and gid only where they are not this process's own. */
export interface User {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** What to start a program with. */
export interface StartOptions {
  readonly cwd?: string;
  /** All of the environment: nothing is inherited. */
  readonly env?: Record<string, string>;
  readonly stdio?: StdioOptions;
}

/** How a program ended; the status is null when a signal ended it. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MINIMAL_ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Who runs what the rehearsal starts. */
export function user(): User {
  if (process.getuid?.() !== 0) return { name: ownName() };
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  if (!line) throw new Error('There is no user "nobody" in /etc/passwd, and the rehearsal runs nothing as root.');
  const [name = '', , uid, gid] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    throw new Error(`The user id ${process.getuid?.() ?? ''} has no name in /etc/passwd; ssh refuses to work for it.`);
  }
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) end(child);
});

/** Starts a program; it ends at the latest with this process. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): ChildProcess {
  const { uid, gid } = user();
  // A process group of its own: Ctrl-C reaches this process alone, which then cleans up in order.
  const child = spawn(command, args, { env: MINIMAL_ENVIRONMENT, ...options, uid, gid, detached: true });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Ends a program and those that it has started in its process group. */
export function end(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  options: StartOptions & { readonly timeoutMs?: number } = {},
): Promise<Outcome> {
  const { timeoutMs = 60_000, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...rest });
    const timer = setTimeout(() => {
      end(child);
      reject(new Error(`${command} ${args.join(' ')} did not end within ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
  });
}

/** Runs a program to its end before anything else happens. */
export function runNow(command: string, args: readonly string[], options: StartOptions = {}): Outcome {
  const { uid, gid } = user();
  const done = spawnSync(command, args, { env: MINIMAL_ENVIRONMENT, ...options, uid, gid, encoding: 'utf8' });
  if (done.error) throw done.error;
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}
