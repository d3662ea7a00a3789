// What the user data and the document do on machines that boot. Every test but the first continues from a machine that was
// saved while its user data waited.
import type { Deployment } from '../../bin/rehearsal/templates';
import { NEWER_SSHD_PACKAGE, type Suite } from './debian-root';
import { type DiskImage, type FileSystem, diskImage } from './disk-image';
import { testPowerCuts } from './power-cut-tests';
import { describeWithMachines } from './requirements';
import { AROUND_FIRST_BOOT, FIRST_BOOT, OPEN_GATE, synthesizeInstance } from './user-data';
import { type Outcome, type SavedMachine, VirtualMachine } from './virtual-machine';

jest.setTimeout(1_200_000);

const DOCUMENT = '/run/document.sh';
const DROPIN = '/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';
const SHIPPED = '/usr/share/openssh/sshd_config';
const OLD = '0 3';
const BY_FIRST_BOOT = `${FIRST_BOOT.interval} ${FIRST_BOOT.countMax}`;
const BY_DOCUMENT = '60 120';

/** Files of ours, wherever they are; what is below /run goes with the next boot. */
const LEFTOVERS = "find / -xdev -name '*cdk-ssh-keepalive*'";
/** Bytes, modes and owners. */
const FILES = 'cd /etc/ssh && find . -type f -exec sha256sum {} + -exec stat -c "%n %a %u %g" {} + | sort';
const CHANGE_TIMES = 'cd /etc/ssh && find . -exec stat -c "%n %Z" {} + | sort';
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
  await machine.output(OPEN_GATE);
  await machine.waitFor(`[ "$(wc -l <${AROUND_FIRST_BOOT})" = 3 ]`);
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
export async function on(
  start: Promise<VirtualMachine>,
  test: (machine: VirtualMachine) => Promise<void>,
): Promise<void> {
  const machine = await start;
  try {
    await test(machine);
  } catch (error) {
    console.log(`The machine's console:\n${machine.console.split('\n').slice(-60).join('\n')}`);
    throw error;
  } finally {
    await machine.cutPower();
  }
}

/** Makes every start of the service take that long. */
const slowRestarts = (seconds: number): string =>
  'mkdir -p /etc/systemd/system/ssh.service.d && ' +
  `printf '[Service]\\nExecStartPre=/bin/sleep ${seconds}\\n' >/etc/systemd/system/ssh.service.d/slow.conf && ` +
  'systemctl daemon-reload';

/** The tests of one suite on one file system. */
export function testMachine(suite: Suite, fileSystem: FileSystem): void {
  describeWithMachines(`A machine with Debian ${suite} on ${fileSystem}`, () => {
    const deployment = synthesizeInstance();
    const command = (action: 'Apply' | 'Check' | 'Remove'): string => documentCommand(action, deployment);
    let waiting: SavedMachine | undefined;
    const resume = (): Promise<VirtualMachine> => {
      if (!waiting) throw new Error('The machine did not boot.');
      return waiting.resume();
    };
    beforeAll(async () => {
      waiting = await (await bootToUserData(diskImage({ suite, fileSystem }), deployment)).save();
    });

    describe('from its first boot on', () => {
      let machine: VirtualMachine;
      beforeAll(async () => {
        machine = await resume();
      });
      afterAll(() => machine.cutPower());

      it('has the settings in force at the first login, after one restart, and runs the rest of the user data', async () => {
        expect(await valuesOf(machine)).toBe(OLD);
        const { status, seconds } = await firstBoot(machine);
        console.log(`Debian ${suite} on ${fileSystem}: first boot took ${seconds.toFixed(1)} s`);
        expect(status).toBe('7');
        // ssh prints the messages that arrive: with sshd 9.2 one every two intervals.
        const { stderr } = await machine.ssh(`sleep ${FIRST_BOOT.interval * 5}`, '-vv', '-o', 'LogLevel=DEBUG2');
        expect(stderr).toContain('keepalive@openssh.com');
        expect(await valuesOf(machine)).toBe(BY_FIRST_BOOT);
        expect(await machine.output(STARTS('ssh'))).toBe('2');
      });

      it('has nothing of the first boot but the drop-in', async () => {
        expect(await machine.output(LEFTOVERS)).toBe(DROPIN);
        expect(await machine.output(`cmp /etc/ssh/sshd_config ${SHIPPED}`)).toBe('');
      });

      it('applies the document in an ssh session that lives on, and is compliant', async () => {
        const before = await machine.run(command('Check'));
        expect([verdictOf(before), reasonOf(before), before.status]).toEqual(['drifted', 'values', 1]);
        const session = await machine.ssh(
          `${command('Apply')}; echo "exit status $?"; sleep 3; echo the session lives`,
        );
        expect([verdictOf(session), reasonOf(session), session.status]).toEqual(['changed', 'applied', 0]);
        expect(session.stdout).toMatch(/^exit status 0\nthe session lives$/m);
        const after = await machine.run(command('Check'));
        expect([verdictOf(after), after.status]).toEqual(['compliant', 0]);
        expect(await valuesOf(machine)).toBe(BY_DOCUMENT);
        expect(await machine.output(STARTS('ssh'))).toBe('3');
      });

      it('is the same after a reboot', async () => {
        const state = `${FILES}; ${CHANGE_TIMES}`;
        const files = await machine.output(state);
        await machine.reboot();
        await machine.waitFor('systemctl is-active ssh');
        await machine.output(`cat >${DOCUMENT}`, deployment.documentScript);
        expect(await machine.output(state)).toBe(files);
        expect(verdictOf(await machine.run(command('Check')))).toBe('compliant');
        expect(verdictOf(await machine.run(command('Apply')))).toBe('unchanged');
        expect(await machine.output(STARTS('ssh'))).toBe('1');
      });

      it('asks nothing when a newer openssh-server is installed over it, and keeps the settings', async () => {
        // At a terminal on which nobody types: a question would wait for ever.
        const install = `TERM=dumb DEBIAN_FRONTEND=readline timeout 300 dpkg --install ${NEWER_SSHD_PACKAGE}`;
        const { status, stdout } = await machine.ssh(install, '-tt');
        expect([status, stdout]).toEqual([0, expect.stringContaining('Setting up openssh-server')]);
        expect(await machine.output('tail -n 1 /etc/ssh/sshd_config')).toBe('# A line of a newer package.');
        expect(verdictOf(await machine.run(command('Check')))).toBe('compliant');
        expect(await valuesOf(machine)).toBe(BY_DOCUMENT);
      });

      it('has the bytes of its package after Remove', async () => {
        expect(verdictOf(await machine.run(command('Remove')))).toBe('removed');
        expect(await machine.output(LEFTOVERS)).toBe('');
        expect(await machine.output(`cmp /etc/ssh/sshd_config ${SHIPPED}`)).toBe('');
        expect(await valuesOf(machine)).toBe(OLD);
        expect((await machine.ssh('true')).status).toBe(0);
      });
    });

    it('with a broken sshd_config boots as it does without the user data', async () => {
      const image = diskImage({ suite, fileSystem, change: 'echo Nonsense yes >>etc/ssh/sshd_config' });
      await on(bootToUserData(image, deployment), async (machine) => {
        const state = `systemctl show -p ActiveState -p Result -p NRestarts ssh; systemctl list-units --failed --plain --no-legend; ${FILES}`;
        await machine.waitFor('systemctl is-failed ssh');
        const before = await machine.output(state);
        expect(before).toContain('ActiveState=failed');
        expect((await firstBoot(machine)).status).toBe('7');
        expect(await machine.output(state)).toBe(before);
        expect(await machine.output(LEFTOVERS)).toBe('');
        const applied = await machine.run(command('Apply'));
        expect([verdictOf(applied), applied.status]).toEqual(['failed', 2]);
        expect(await machine.output(state)).toBe(before);
      });
    });

    it('with ssh.socket alone gets the settings without a start of ssh.service, and the first connection has them', async () => {
      await on(resume(), async (machine) => {
        await machine.output('systemctl disable --now ssh.service && systemctl enable --now ssh.socket');
        const isStarted = 'systemctl is-active ssh.service';
        expect((await firstBoot(machine)).status).toBe('7');
        expect(await valuesOf(machine)).toBe(BY_FIRST_BOOT);
        expect(verdictOf(await machine.run(command('Apply')))).toBe('changed');
        expect((await machine.run(isStarted)).stdout).toBe('inactive\n');
        const session = await machine.ssh(`${command('Check')}; echo the session lives`);
        expect(verdictOf(session)).toBe('compliant');
        expect(session.stdout).toContain('the session lives');
        expect(await valuesOf(machine)).toBe(BY_DOCUMENT);
        expect(await machine.output('systemctl is-active ssh.socket')).toBe('active');
      });
    });

    it('with a masked unit keeps its sshd running and its files', async () => {
      await on(resume(), async (machine) => {
        await machine.output('systemctl mask ssh.service');
        const process = 'systemctl show -p MainPID ssh';
        const before = [await machine.output(process), await machine.output(`sha256sum /etc/ssh/sshd_config`)];
        expect((await firstBoot(machine)).status).toBe('7');
        const applied = await machine.run(command('Apply'));
        expect([applied.stdout, applied.status]).toEqual([expect.stringContaining('reason=cannot-restart'), 2]);
        expect([await machine.output(process), await machine.output(`sha256sum /etc/ssh/sshd_config`)]).toEqual(before);
        expect(await valuesOf(machine)).toBe(OLD);
        expect(await machine.output(LEFTOVERS)).toBe('');
        expect((await machine.ssh('true')).status).toBe(0);
      });
    });

    it('waits for a restart that takes 20 s, and for one that takes 70 s', async () => {
      const duringFirstBoot = (seconds: number): Promise<void> =>
        on(resume(), async (machine) => {
          await machine.output(slowRestarts(seconds));
          const { status, seconds: took } = await firstBoot(machine);
          expect(status).toBe('7');
          expect(took).toBeGreaterThan(seconds);
          expect(await valuesOf(machine)).toBe(BY_FIRST_BOOT);
          expect(await machine.output(LEFTOVERS)).toBe(DROPIN);
          expect((await machine.ssh('true')).status).toBe(0);
        });
      const duringApply = (seconds: number): Promise<void> =>
        on(resume(), async (machine) => {
          await machine.output(slowRestarts(seconds));
          expect(verdictOf(await machine.run(command('Apply')))).toBe('changed');
          expect(verdictOf(await machine.run(command('Check')))).toBe('compliant');
          expect(await machine.output(LEFTOVERS)).toBe(DROPIN);
          expect((await machine.ssh('true')).status).toBe(0);
        });
      await Promise.all([duringFirstBoot(20), duringApply(20), duringFirstBoot(70), duringApply(70)]);
    });

    it('with the first boot killed at its restart has complete files, and Apply completes it', async () => {
      await on(resume(), async (machine) => {
        await machine.output(slowRestarts(10));
        await machine.output(OPEN_GATE);
        await machine.waitFor(`[ -e ${DROPIN} ] && pgrep -f 'restart ssh'`);
        await machine.output("pkill -KILL -f part-001; pkill -KILL -f 'restart ssh'");
        expect(await valuesOf(machine)).toBe(BY_FIRST_BOOT);
        await machine.waitFor('systemctl is-active ssh');
        expect(reasonOf(await machine.run(command('Check')))).toBe('unfinished');
        expect(reasonOf(await machine.run(command('Apply')))).toBe('resumed-applied');
        expect(verdictOf(await machine.run(command('Check')))).toBe('compliant');
        expect(await machine.output(LEFTOVERS)).toBe(DROPIN);
      });
    });

    it('with Apply killed at its restart has complete files, and the next Apply completes it', async () => {
      await on(resume(), async (machine) => {
        await machine.output(slowRestarts(10));
        const killed = machine.run(command('Apply'));
        await machine.waitFor(`[ -e ${DROPIN} ] && pgrep -f 'restart ssh'`);
        await machine.output(`pkill -KILL -f document.sh; pkill -KILL -f 'restart ssh'`);
        await killed;
        expect(await valuesOf(machine)).toBe(BY_DOCUMENT);
        await machine.waitFor('systemctl is-active ssh');
        expect((await machine.ssh('true')).status).toBe(0);
        expect(reasonOf(await machine.run(command('Check')))).toBe('unfinished');
        expect(reasonOf(await machine.run(command('Apply')))).toBe('resumed-applied');
        expect(verdictOf(await machine.run(command('Check')))).toBe('compliant');
        expect(await machine.output(LEFTOVERS)).toBe(DROPIN);
      });
    });

    testPowerCuts(resume, command('Apply'));
  });
}
