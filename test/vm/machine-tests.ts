// What the user data and the document do on machines that boot. Each group continues from a machine that was saved
// while its user data waited.
import { NEWER_SSHD_PACKAGE } from './debian-root';
import {
  BY_DOCUMENT,
  BY_FIRST_BOOT,
  DROPIN,
  FILES,
  LEFTOVERS,
  OLD,
  STARTS,
  type SavedDeployment,
  DOCUMENT,
  documentCommand,
  firstBoot,
  on,
  reasonOf,
  valuesOf,
  verdictOf,
} from './deployed-machine';
import { FIRST_BOOT } from './user-data';
import type { VirtualMachine } from './virtual-machine';

const SHIPPED = '/usr/share/openssh/sshd_config';
const CHANGE_TIMES = 'cd /etc/ssh && find . -exec stat -c "%n %Z" {} + | sort';

/** The tests, on machines whose user data waits. */
export function testMachine({ suite, fileSystem, deployment, resume }: SavedDeployment): void {
  const command = (action: 'Apply' | 'Check' | 'Remove'): string => documentCommand(action, deployment);

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
      const session = await machine.ssh(`${command('Apply')}; echo "exit status $?"; sleep 3; echo the session lives`);
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
}
