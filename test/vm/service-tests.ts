// What the user data and the document do where systemd cannot restart the service, or takes long, or is interrupted.
import {
  BY_DOCUMENT,
  BY_FIRST_BOOT,
  DOCUMENT,
  DROPIN,
  FILES,
  LEFTOVERS,
  OLD,
  type SavedDeployment,
  allOf,
  bootToUserData,
  documentCommand,
  firstBoot,
  on,
  reasonOf,
  valuesOf,
  verdictOf,
} from './deployed-machine';
import { diskImage } from './disk-image';
import { OPEN_GATE } from './user-data';

/** Makes every start of the service take that long. */
const slowRestarts = (seconds: number): string =>
  'mkdir -p /etc/systemd/system/ssh.service.d && ' +
  `printf '[Service]\\nExecStartPre=/bin/sleep ${seconds}\\n' >/etc/systemd/system/ssh.service.d/slow.conf && ` +
  'systemctl daemon-reload';

/** Kills a script and the restart that it waits for, at once. */
const killAtRestart = (script: string): string =>
  `until [ -e ${DROPIN} ] && pgrep -f 'restart ssh'; do sleep 0.1; done; pkill -KILL -f '${script}|restart ssh'`;

/** The tests, on machines whose user data waits. */
export function testService({ suite, fileSystem, deployment, resume }: SavedDeployment): void {
  const command = (action: 'Apply' | 'Check'): string => documentCommand(action, deployment);

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
    await allOf([duringFirstBoot(20), duringApply(20), duringFirstBoot(70), duringApply(70)]);
  });

  it('with the first boot killed at its restart has complete files, and Apply completes it', async () => {
    await on(resume(), async (machine) => {
      await machine.output(slowRestarts(20));
      await machine.output(OPEN_GATE);
      await machine.output(killAtRestart('part-001'));
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
      await machine.output(slowRestarts(20));
      const killed = machine.run(command('Apply'));
      await machine.output(killAtRestart(DOCUMENT));
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
}
