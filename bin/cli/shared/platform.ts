// The machine and the programs on it. The only place that reads it from the process, and that runs programs; tests pass
// another one.
import { type SpawnOptions, spawn } from 'node:child_process';
import { release, userInfo } from 'node:os';
import { missingSsh } from './missing-ssh';
import { printable } from './printable';

/** The result of a program that has ended. */
export interface ProgramResult {
  /** The exit status; undefined when a signal ended the program or it could not be started. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What may be different from this process. */
export type RunOptions = Pick<SpawnOptions, 'env'>;

/** The machine, the user and the programs. */
export interface Platform {
  readonly os: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home directory of the passwd entry, which is the one that OpenSSH uses on Unix, whatever $HOME is. */
  readonly home: string;
  /** The login name. */
  readonly user: string;
  /** Undefined where there are no user ids. */
  readonly uid: number | undefined;
  /** Whether it is Linux in WSL. */
  readonly wsl: boolean;
  /** The name of the ssh program. */
  readonly ssh: string;
  /** The system-wide configuration that this ssh reads after the user's; undefined where its path is not known. */
  readonly systemConfig: string | undefined;
  now(): Date;

  /**
   * Runs a program to its end, for at most 60 s. Output is latin1 text.
   *
   * @throws CliError when `ssh` is not installed; any other program that is not has no status
   */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
}

/** Receives a line about each program that has run. */
export type Trace = (line: string) => void;

/** This process's machine; with a trace, each program that runs is reported to it. */
export function thisPlatform(trace?: Trace): Platform {
  const { homedir, username, uid } = userInfo();
  const os = process.platform;
  return {
    os,
    env: process.env,
    home: homedir,
    user: username,
    uid: uid < 0 ? undefined : uid,
    wsl: os === 'linux' && /microsoft/i.test(release()),
    ssh: 'ssh',
    systemConfig: os === 'win32' ? windowsSystemConfig(process.env) : '/etc/ssh/ssh_config',
    now: () => new Date(),
    run: trace ? (program, args, options = {}) => traced(program, args, options, trace) : run,
  };
}

/** Git Bash's ssh has a system-wide configuration of its own. */
function windowsSystemConfig(env: Platform['env']): string | undefined {
  if (env.MSYSTEM) return env.EXEPATH && `${env.EXEPATH.replace(/[\\/]bin$/i, '')}\\etc\\ssh\\ssh_config`;
  return env.ProgramData && `${env.ProgramData}\\ssh\\ssh_config`;
}

const TIMEOUT_MS = 60_000;

function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    // Not spawn's own timeout, which goes on waiting where no process was started.
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const child = spawn(program, args, { ...options, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: [string, string] = ['', ''];
    // latin1, because a configuration may hold any bytes.
    child.stdout.setEncoding('latin1').on('data', (text: string) => (output[0] += text));
    child.stderr.setEncoding('latin1').on('data', (text: string) => (output[1] += text));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && program === 'ssh') reject(missingSsh(process.platform));
      else resolve({ status: undefined, stdout: '', stderr: error.message });
    });
    child.on('close', (code, endedBy) =>
      resolve({
        status: code ?? undefined,
        stdout: output[0],
        stderr: endedBy ? `${output[1]}ended by ${endedBy}` : output[1],
      }),
    );
  });
}

async function traced(
  program: string,
  args: readonly string[],
  options: RunOptions,
  trace: Trace,
): Promise<ProgramResult> {
  const start = performance.now();
  const result = await run(program, args, options);
  const words = [program, ...args].map((word) => (/^[\w./:=@,+-]+$/.test(word) ? word : `'${word}'`));
  const status = result.status === undefined ? `no exit status (${result.stderr.trim()})` : `exit ${result.status}`;
  trace(printable(`${words.join(' ')}: ${status}, ${Math.round(performance.now() - start)} ms`));
  return result;
}
