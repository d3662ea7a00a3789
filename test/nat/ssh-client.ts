// ssh sessions in a machine, each with a pipe to type into and files that hold what it printed.
import { setTimeout as wait } from 'node:timers/promises';
import type { SuiteMachine } from '../openssh/suite-machine';

const POLL_MS = 50;
const OPEN_SECONDS = 30;
/** Through a namespace an answer takes milliseconds; the rest is patience with a busy machine. */
const ANSWER_SECONDS = 4;

/** A command that runs in the background of a machine. */
export class BackgroundCommand {
  private lines = 0;

  private constructor(
    private readonly machine: SuiteMachine,
    private readonly name: string,
  ) {}

  /** Starts a command line; its name must be new in the machine. */
  static async start(machine: SuiteMachine, name: string, commandLine: string): Promise<BackgroundCommand> {
    await machine.run(
      `mkfifo /tmp/${name}.in; { ${commandLine}; echo "$?" >/tmp/${name}.status; } ` +
        `<>/tmp/${name}.in >/tmp/${name}.out 2>/tmp/${name}.log &`,
    );
    return new BackgroundCommand(machine, name);
  }

  /** Whether a line that is typed comes back in time. */
  async echoes(seconds = ANSWER_SECONDS): Promise<boolean> {
    const line = `line ${++this.lines}`;
    return this.answers(line, line, seconds);
  }

  /** Whether the answer to a line that is typed is printed in time. */
  async answers(line: string, answer: string, seconds = ANSWER_SECONDS): Promise<boolean> {
    await this.machine.run(`echo '${line}' >/tmp/${this.name}.in`);
    return this.prints(answer, seconds);
  }

  /** Whether the text is printed in time. */
  async prints(text: string, seconds = ANSWER_SECONDS): Promise<boolean> {
    return until(() => this.machine.read(`tmp/${this.name}.out`).includes(text), seconds);
  }

  /** The exit status; undefined when the command still runs after that time. */
  async exitStatus(seconds: number): Promise<number | undefined> {
    const read = (): string => this.machine.read(`tmp/${this.name}.status`).trim();
    return (await until(() => read() !== '', seconds)) ? Number(read()) : undefined;
  }

  get log(): string {
    return this.machine.read(`tmp/${this.name}.log`);
  }
}

/** The options of every session of the tests; what is tested stands in the file of `-F`. */
export function sshCommand(configFile: string, address: string, remoteCommand: string, options = ''): string {
  return (
    `ssh -F ${configFile} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ` +
    `-o ConnectTimeout=${OPEN_SECONDS} -i /root/.ssh/id_ed25519 ${options} root@${address} '${remoteCommand}'`
  );
}

/** Opens a session in which a shell command runs, and returns when the command has begun. */
export async function openSession(
  machine: SuiteMachine,
  name: string,
  configFile: string,
  address: string,
  remoteCommand: string,
  options = '',
): Promise<BackgroundCommand> {
  const command = sshCommand(configFile, address, `echo open; ${remoteCommand}`, options);
  const session = await BackgroundCommand.start(machine, name, command);
  if (!(await session.prints('open', OPEN_SECONDS))) throw new Error(`${name} does not open: ${session.log}`);
  return session;
}

async function until(isTrue: () => boolean, seconds: number): Promise<boolean> {
  for (const end = performance.now() + seconds * 1000; !isTrue(); await wait(POLL_MS)) {
    if (performance.now() > end) return false;
  }
  return true;
}
