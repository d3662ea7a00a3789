// What the machine is. The only place that asks the process about it; tests give another one.
import { type SpawnOptions, spawn } from 'node:child_process';
import { release, userInfo } from 'node:os';

/** A program that has ended. */
export interface Ended {
  /** The exit code; undefined when a signal or a missing program ended it. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine, the person and their programs. */
export interface Platform {
  readonly os: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home of the passwd entry, which is where OpenSSH looks on Unix, whatever $HOME says. */
  readonly home: string;
  /** The name of who is logged in. */
  readonly user: string;
  /** Undefined where there are no user ids. */
  readonly uid: number | undefined;
  /** Whether it is a Linux on Windows. */
  readonly wsl: boolean;
  /** The ssh that is asked. */
  readonly ssh: string;
  /** The system-wide configuration that this ssh reads after the user's; undefined where it is not known. */
  readonly systemConfig: string | undefined;
  now(): Date;
  run(command: string, args: readonly string[], options?: SpawnOptions): Promise<Ended>;
}

/** This process's machine. */
export function thisPlatform(): Platform {
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
    run,
  };
}

/** Git Bash keeps its own beside its programs. */
function windowsSystemConfig(env: Platform['env']): string | undefined {
  if (env.MSYSTEM) return env.EXEPATH && `${env.EXEPATH.replace(/[\\/]bin$/i, '')}\\etc\\ssh\\ssh_config`;
  return env.ProgramData && `${env.ProgramData}\\ssh\\ssh_config`;
}

const TIMEOUT_MS = 60_000;

/** Never throws: a program that is not there has no exit code and says why. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    // Not spawn's own timeout, which keeps waiting where no process came to be.
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const child = spawn(command, args, { signal, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: [string, string] = ['', ''];
    // latin1, because configurations hold any bytes.
    child.stdout?.setEncoding('latin1').on('data', (text: string) => (output[0] += text));
    child.stderr?.setEncoding('latin1').on('data', (text: string) => (output[1] += text));
    child.on('error', ({ message }) => resolve({ status: undefined, stdout: '', stderr: message }));
    child.on('close', (code, endedBy) =>
      resolve({
        status: code ?? undefined,
        stdout: output[0],
        stderr: endedBy ? `${output[1]}ended by ${endedBy}` : output[1],
      }),
    );
  });
}
