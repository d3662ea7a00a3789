// Runs the document's script and the first-boot snippet, byte for byte as they ship, in a machine of a suite, and reads
// the verdict. Knows the contract of the first line, not when which verdict is right.
import { DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import type { SuiteMachine } from './suite-machine';

export type Action = 'Apply' | 'Check' | 'Remove';

/** The two values. */
export interface Wanted {
  readonly interval: number;
  readonly countMax: number;
}

/** What a run of the document's script ended with. */
export interface Result {
  readonly status: number;
  readonly verdict: string;
  readonly reason: string;
  readonly interval: string;
  readonly countMax: string;
  readonly was: string;
  readonly where: string;
  readonly sshd: string;
  /** What a person reads below the verdict. */
  readonly text: string;
  /** All of it. */
  readonly output: string;
}

const VERDICT = new RegExp(
  '^cdk-ssh-keepalive verdict=(?<verdict>unchanged|changed|compliant|drifted|removed|failed) ' +
    'interval=(?<interval>\\d+|-) countmax=(?<countMax>\\d+|-) was=(?<was>\\d+/\\d+|-/-) where=(?<where>\\S+) ' +
    'sshd=(?<sshd>\\S+) reason=(?<reason>[a-z-]+)$',
);

/** Puts the scripts into the machine, for `act` and `boot`. */
export function bringScripts(machine: SuiteMachine): void {
  machine.write('tmp/document.sh', DOCUMENT_SCRIPT);
  machine.write('tmp/first-boot.sh', FIRST_BOOT_SNIPPET);
}

/** @throws when the first line is not a verdict */
export async function act(machine: SuiteMachine, action: Action, { interval, countMax }: Wanted): Promise<Result> {
  const parameters = `SSM_Action=${action} SSM_ClientAliveInterval=${interval} SSM_ClientAliveCountMax=${countMax}`;
  const { status, stdout, stderr } = await machine.run(`${parameters} exec sh /tmp/document.sh`);
  const output = `${stdout}${stderr && `on stderr: ${stderr}`}`;
  const [first = '', ...rest] = stdout.split('\n');
  const fields = VERDICT.exec(first)?.groups as Omit<Result, 'status' | 'text' | 'output'> | undefined;
  // State Manager shows nothing but stderr, and only of a run that failed.
  if (!fields || stderr !== (status === 0 ? '' : stdout))
    throw new Error(`This is not a verdict (exit ${status}):\n${output}`);
  return { ...fields, status, text: rest.join('\n'), output };
}

/** Runs the first-boot snippet between two commands of somebody's user data; `true` when it leaves no trace on them. */
export async function boot(machine: SuiteMachine): Promise<boolean> {
  machine.write('tmp/user-data.sh', `(exit 7)\n${FIRST_BOOT_SNIPPET}\necho "$?"\n`);
  const { stdout, stderr } = await machine.run('exec bash /tmp/user-data.sh');
  return stdout === '7\n' && stderr === '';
}
