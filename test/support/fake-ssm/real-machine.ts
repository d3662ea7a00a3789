// A real machine for a node: a Debian root with its own sshd, in namespaces of its own. Needs root.
import { SuiteMachine } from '../../openssh/suite-machine';
import { bringSystemctl } from '../../openssh/suite-systemctl';
import { type SuiteName, findSuite, stockConfig } from '../../openssh/suites';
import type { RunScript } from './agent';

const SCRIPT = 'tmp/_script.sh';

/** Make one with `RealMachine.start`, and `stop` it. */
export class RealMachine {
  /** With the package's sshd_config, and its sshd running. */
  public static async start(name: SuiteName): Promise<RealMachine> {
    const suite = findSuite(name);
    const machine = await SuiteMachine.start(suite);
    machine.fill({ sshd_config: stockConfig(suite), 'sshd_config.d': { folder: true } });
    bringSystemctl(machine, 'real');
    const { status, stderr } = await machine.run('systemctl start ssh');
    if (status !== 0) throw new Error(`sshd does not start: ${stderr}`);
    return new RealMachine(machine);
  }

  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly machine: SuiteMachine) {}

  /** As the agent runs a script: as root, in /usr/bin, with a minimal environment, without a terminal. */
  public readonly run: RunScript = (script, env) =>
    this.inTurn(async () => {
      this.machine.write(SCRIPT, script, 0o700);
      const variables = Object.entries(env).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`);
      const words = ['exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...variables, `sh -c /${SCRIPT}`];
      return this.machine.run(`cd /usr/bin && umask 0022 && ${words.join(' ')}`);
    });

  /** Runs a command line of an administrator; throws if it fails. */
  public shell(commandLine: string): Promise<string> {
    return this.inTurn(async () => {
      const { status, stdout, stderr } = await this.machine.run(commandLine);
      if (status !== 0) throw new Error(`${commandLine}: exit status ${status}: ${stderr}`);
      return stdout;
    });
  }

  public stop(): void {
    this.machine.stop();
  }

  /** The machine has one shell. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work, work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
