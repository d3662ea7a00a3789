// A machine that an app deploys: how it is booted, and what its scripts did.
import type { Deployment } from '../../bin/rehearsal/templates';
import type { DiskImage, FileSystem } from './disk-image';
import type { Suite } from './debian-root';
import { AROUND_FIRST_BOOT, FIRST_BOOT, RUN_FIRST_BOOT } from './user-data';
import { type Outcome, VirtualMachine } from './virtual-machine';

/** A machine that was saved while its user data waited. */
export interface SavedDeployment {
  readonly suite: Suite;
  readonly fileSystem: FileSystem;
  readonly deployment: Deployment;
  readonly resume: () => Promise<VirtualMachine>;
}

/** Where the document's script is on it. */
export const DOCUMENT = '/run/document.sh';
export const DROPIN = '/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';

/** The effective values, interval and count. */
export const OLD = '0 3';
export const BY_FIRST_BOOT = `${FIRST_BOOT.interval} ${FIRST_BOOT.countMax}`;
export const BY_DOCUMENT = '60 120';

/** Files of ours, wherever they are; what is below /run goes with the next boot. */
export const LEFTOVERS = "find / -xdev -name '*cdk-ssh-keepalive*'";
/** Bytes, modes and owners. */
export const FILES = 'cd /etc/ssh && find . -type f -exec sha256sum {} + -exec stat -c "%n %a %u %g" {} + | sort';

/** Of the service since the boot; the first one is that of the boot. */
export const STARTS = (unit: string): string =>
  `journalctl --sync; journalctl -q -b -u ${unit} -o cat | grep -c '^Started '`;

/** The document's run, as the agent of Systems Manager starts it. */
export function documentCommand(action: 'Apply' | 'Check' | 'Remove', { parameters }: Deployment): string {
  const values = Object.entries({ ...parameters, SSM_Action: action }).map(([name, value]) => `${name}=${value}`);
  return `env ${values.join(' ')} sh ${DOCUMENT}`;
}

export const verdictOf = ({ stdout }: Outcome): string => /verdict=(\w+)/.exec(stdout)?.[1] ?? stdout;
export const reasonOf = ({ stdout }: Outcome): string => /reason=([\w-]+)/.exec(stdout)?.[1] ?? stdout;

/** Both effective values, as the files set them. */
export async function valuesOf(machine: VirtualMachine): Promise<string> {
  const settings = await machine.output('mkdir -p /run/sshd && sshd -T');
  const value = (keyword: string): string => new RegExp(`^${keyword} (.*)$`, 'im').exec(settings)?.[1] ?? '';
  return `${value('ClientAliveInterval')} ${value('ClientAliveCountMax')}`;
}

/** The first boot's exit status as the next command sees it, and how many seconds it took. */
export async function firstBoot(machine: VirtualMachine): Promise<{ status: string; seconds: number }> {
  await machine.output(RUN_FIRST_BOOT);
  const [begin = '', status = '', end = ''] = (await machine.output(`cat ${AROUND_FIRST_BOOT}`)).split('\n');
  return { status, seconds: parseFloat(end) - parseFloat(begin) };
}

/** Boots an image up to the user data, which waits, and brings the document's script. */
export async function bootToUserData(image: DiskImage, deployment: Deployment): Promise<VirtualMachine> {
  const machine = await VirtualMachine.boot(image, deployment.firstBoot);
  await machine.waitFor('pgrep -f part-001');
  await machine.output(`cat >${DOCUMENT}`, deployment.documentScript);
  return machine;
}

/** Runs a test on a machine, and shows its console where the test fails. */
export async function on<T>(start: Promise<VirtualMachine>, test: (machine: VirtualMachine) => Promise<T>): Promise<T> {
  const machine = await start;
  try {
    return await test(machine);
  } catch (error) {
    console.log(`The machine's console:\n${machine.console.split('\n').slice(-60).join('\n')}`);
    throw error;
  } finally {
    await machine.cutPower();
  }
}

/** As `Promise.all`, but no machine outlives its test where another one fails. */
export async function allOf(tests: Iterable<Promise<void>>): Promise<void> {
  for (const outcome of await Promise.allSettled(tests)) if (outcome.status === 'rejected') throw outcome.reason;
}
