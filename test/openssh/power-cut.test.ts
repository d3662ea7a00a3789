// A power cut right after a run, on the file systems of Amazon Linux and Debian: the file system is shut down without its
// page cache being written, and mounted again. The kernel's shutdown call stands for device-mapper's flakey, which not every
// kernel has; xfstests uses it for the same purpose.
import { existsSync } from 'node:fs';
import { startScriptedMachine } from './scripted-machine';
import type { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { act, boot } from './suite-script';
import { findSuite } from './suites';

jest.setTimeout(600_000);

const BLOCK = '# BEGIN cdk-ssh-keepalive\nClientAliveInterval 60\nClientAliveCountMax 120\n# END cdk-ssh-keepalive\n';
const INCLUDE = 'Include /etc/ssh/sshd_config.d/*.conf\n';
const DROPIN = 'etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';
const WANTED = { interval: 60, countMax: 120 };

/** FS_IOC_SHUTDOWN with what of the journal is written before: see ioctl_xfs_goingdown(2). */
const CUTS = { 'with the journal written': 1, 'with nothing written': 2 };

const DEVICES =
  '[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237; ' +
  'for n in 0 1 2 3 4 5 6 7; do [ -e /dev/loop$n ] || mknod /dev/loop$n b 7 $n; done';

const HAS_LOOP_DEVICES = existsSync('/dev/loop-control');
const describeOnDisks = HAS_LOOP_DEVICES || process.env.CI === 'true' ? describeWithSuites : describe.skip;

describeOnDisks('After a power cut', () => {
  describe.each(['xfs', 'ext4'])('on %s', (fileSystem) => {
    let machine: SuiteMachine;
    const command = async (line: string): Promise<void> => {
      const { status, stderr } = await machine.run(line);
      if (status !== 0) throw new Error(`${line}: ${stderr}`);
    };
    const cut = async (flag: number): Promise<void> => {
      await command(
        `perl -e 'open(D, "<", "/etc/ssh") || die; $flag = pack("L", ${flag}); ioctl(D, 0x8004587d, $flag) || die "$!"'`,
      );
      await command('umount /etc/ssh && mount -o loop /tmp/disk /etc/ssh');
    };
    beforeEach(async () => {
      machine = await startScriptedMachine(findSuite('bookworm'), 'idle');
      await command(`${DEVICES}; truncate -s 400M /tmp/disk && mkfs.${fileSystem} -q /tmp/disk`);
      await command('mkdir /tmp/keys && cp -a /etc/ssh/ssh_host_* /tmp/keys && mount -o loop /tmp/disk /etc/ssh');
      await command('cp -a /tmp/keys/* /etc/ssh');
    });
    afterEach(async () => {
      await machine.run('umount /etc/ssh');
      machine.stop();
    });

    describe.each(Object.entries(CUTS))('%s', (_, flag) => {
      it.each([
        ['a block', { sshd_config: 'Port 22\n' }, 'etc/ssh/sshd_config', `${BLOCK}Port 22\n`],
        ['a drop-in', { sshd_config: INCLUDE, 'sshd_config.d/50.conf': 'UseDNS no\n' }, DROPIN, BLOCK],
      ])('what Apply and Remove said still is so: %s', async (_name, files, path, text) => {
        machine.fill(files);
        await command('sync -f /etc/ssh');
        expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
        await cut(flag);
        expect(machine.read(path)).toBe(text);
        // The journal may still be there: then Apply completes the run.
        expect((await act(machine, 'Apply', WANTED)).status).toBe(0);
        expect((await act(machine, 'Remove', WANTED)).verdict).toBe('removed');
        await cut(flag);
        expect(machine.read(path)).toBe(path === DROPIN ? '' : 'Port 22\n');
        expect((await machine.run('sshd -t')).status).toBe(0);
      });

      it.each([
        ['a block', { sshd_config: 'Port 22\n' }, 'etc/ssh/sshd_config', `${BLOCK}Port 22\n`],
        ['a drop-in', { sshd_config: INCLUDE, 'sshd_config.d/50.conf': 'UseDNS no\n' }, DROPIN, BLOCK],
      ])('what the first boot wrote is complete: %s', async (_name, files, path, text) => {
        machine.fill(files);
        await command('sync -f /etc/ssh');
        expect(await boot(machine)).toBe(true);
        await cut(flag);
        expect(machine.read(path)).toBe(text);
      });
    });
  });
});
