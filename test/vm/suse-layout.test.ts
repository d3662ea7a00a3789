// The layout of SUSE: a unit sshd.service, and a sshd_config without Include that is in /usr/etc/ssh alone. It is built from
// Debian's parts, because SUSE's packages are not in Debian's archive; the sshd, and everything else, is Debian's.
import {
  STARTS,
  bootToUserData,
  documentCommand,
  firstBoot,
  on,
  reasonOf,
  valuesOf,
  verdictOf,
} from './deployed-machine';
import { diskImage } from './disk-image';
import { describeWithMachines } from './requirements';
import { FIRST_BOOT, synthesizeInstance } from './user-data';
import type { SavedMachine } from './virtual-machine';

jest.setTimeout(1_200_000);

// SUSE's sshd falls back to /usr/etc/ssh/sshd_config. Here a second sshd has another path compiled in, one of the same
// length that is a link to that file, and a script chooses between them.
const LAYOUT = `
mkdir -p usr/etc/ssh usr/lib/sshd-of-etc usr/lib/sshd-of-usr-etc
grep -v '^Include' etc/ssh/sshd_config >usr/etc/ssh/sshd_config
rm etc/ssh/sshd_config
ln -s ssh/sshd_config usr/etc/sshd_config
mv usr/sbin/sshd usr/lib/sshd-of-etc/sshd
LC_ALL=C sed 's|/etc/ssh/sshd_config|/usr/etc/sshd_config|g' usr/lib/sshd-of-etc/sshd >usr/lib/sshd-of-usr-etc/sshd
cat >usr/sbin/sshd <<'END'
#!/bin/sh
if [ -e /etc/ssh/sshd_config ]; then exec /usr/lib/sshd-of-etc/sshd "$@"; fi
exec /usr/lib/sshd-of-usr-etc/sshd "$@"
END
chmod 755 usr/sbin/sshd usr/lib/sshd-of-usr-etc/sshd
rm -f etc/systemd/system/sshd.service etc/systemd/system/multi-user.target.wants/ssh.service lib/systemd/system/ssh.socket
sed '/^Alias=/d' lib/systemd/system/ssh.service >lib/systemd/system/sshd.service
rm lib/systemd/system/ssh.service etc/init.d/ssh
ln -s /lib/systemd/system/sshd.service etc/systemd/system/multi-user.target.wants/
`;
const COPY = 'cp -p /usr/etc/ssh/sshd_config /etc/ssh/sshd_config';
const block = (interval: number, countMax: number): string =>
  `# BEGIN cdk-ssh-keepalive\nClientAliveInterval ${interval}\nClientAliveCountMax ${countMax}\n# END cdk-ssh-keepalive\n`;

describeWithMachines('A machine with the layout of SUSE, built from parts of Debian bookworm,', () => {
  const deployment = synthesizeInstance();
  let waiting: SavedMachine;
  beforeAll(async () => {
    const image = diskImage({ suite: 'bookworm', fileSystem: 'xfs', change: LAYOUT });
    waiting = await (await bootToUserData(image, deployment)).save();
  });

  it('is left alone while its sshd_config is in /usr/etc/ssh, and Apply names the remedy', async () => {
    await on(waiting.resume(), async (machine) => {
      const files = 'sha256sum /usr/etc/ssh/sshd_config; ls -A /etc/ssh /etc/ssh/sshd_config.d /usr/etc/ssh';
      const before = await machine.output(files);
      expect((await firstBoot(machine)).status).toBe('7');
      const applied = await machine.run(documentCommand('Apply', deployment));
      expect([verdictOf(applied), reasonOf(applied), applied.status]).toEqual(['failed', 'config', 2]);
      expect(applied.stdout).toContain('Copy it to /etc/ssh/sshd_config');
      expect(await machine.output(files)).toBe(before);
      expect(await machine.output(STARTS('sshd'))).toBe('1');

      await machine.output(COPY);
      const session = await machine.ssh(`${documentCommand('Apply', deployment)}; echo the session lives`);
      expect([verdictOf(session), session.stdout]).toEqual(['changed', expect.stringContaining('the session lives')]);
      expect(await machine.output('head -n 4 /etc/ssh/sshd_config')).toBe(block(60, 120).trimEnd());
      expect(await valuesOf(machine)).toBe('60 120');
      expect(await machine.output(STARTS('sshd'))).toBe('2');
      expect(verdictOf(await machine.run(documentCommand('Check', deployment)))).toBe('compliant');
      expect(verdictOf(await machine.run(documentCommand('Remove', deployment)))).toBe('removed');
      expect(await machine.output('cmp /etc/ssh/sshd_config /usr/etc/ssh/sshd_config')).toBe('');
      expect((await machine.ssh('true')).status).toBe(0);
    });
  });

  it('gets a block from the first boot where its sshd_config is in /etc/ssh', async () => {
    await on(waiting.resume(), async (machine) => {
      await machine.output(COPY);
      expect((await firstBoot(machine)).status).toBe('7');
      const file = await machine.output('cat /etc/ssh/sshd_config');
      const shipped = await machine.output('cat /usr/etc/ssh/sshd_config');
      expect(file).toBe(block(FIRST_BOOT.interval, FIRST_BOOT.countMax) + shipped);
      expect(await valuesOf(machine)).toBe(`${FIRST_BOOT.interval} ${FIRST_BOOT.countMax}`);
      expect(await machine.output(STARTS('sshd'))).toBe('2');
      expect((await machine.ssh('true')).status).toBe(0);
    });
  });
});
