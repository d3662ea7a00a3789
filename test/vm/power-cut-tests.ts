// The power is cut during a change and right after it; then the disk is mounted, which replays the log of its file system.
import { setTimeout as wait } from 'node:timers/promises';
import { type SavedDeployment, allOf, documentCommand, on } from './deployed-machine';
import { type FileSystem, readDisk } from './disk-image';
import { FIRST_BOOT, RUN_FIRST_BOOT } from './user-data';

const CUTS = 10;

/** Where the settings go: a block where sshd_config has no Include. */
const LAYOUTS = {
  'drop-in': ':',
  block: "sed -i '/^Include/d' /etc/ssh/sshd_config",
};

// The host's kernel runs the sshd of the disk.
const EXAMINE = `mount --bind /dev dev && mkdir -p run/sshd
chroot . /usr/sbin/sshd -T | grep -i '^clientalive'
echo files:
for file in etc/ssh/sshd_config.d/*.conf; do [ ! -e "$file" ] || cat "$file"; done
cat etc/ssh/sshd_config`;

/** What is on a disk: both values of a configuration that sshd accepts, and the files. */
async function examine(disk: string, fileSystem: FileSystem): Promise<{ values: string; files: string }> {
  const [settings = '', files = ''] = (await readDisk(disk, fileSystem, EXAMINE)).split('files:\n');
  const value = (keyword: string): string => new RegExp(`^${keyword} (.*)$`, 'im').exec(settings)?.[1] ?? '';
  return { values: `${value('ClientAliveInterval')} ${value('ClientAliveCountMax')}`, files };
}

/** The tests, on machines whose user data waits. */
export function testPowerCuts({ fileSystem, deployment, resume }: SavedDeployment): void {
  describe.each([
    ['the first boot', RUN_FIRST_BOOT, FIRST_BOOT],
    ['Apply', documentCommand('Apply', deployment), { interval: 60, countMax: 120 }],
  ])('whose power is cut', (name, begin, { interval, countMax }) => {
    const desired = `${interval} ${countMax}`;
    const block = `# BEGIN cdk-ssh-keepalive\nClientAliveInterval ${interval}\nClientAliveCountMax ${countMax}\n# END cdk-ssh-keepalive\n`;

    it(`during ${name} and right after it, ${CUTS} times, has complete files`, async () => {
      /** Returns whether the cut during the change came after its files were renamed, and how long the change takes. */
      const cut = (layout: string, milliseconds: number): Promise<{ isLate: boolean; duration: number }> =>
        on(resume(), async (machine) => {
          const shipped = `${await machine.output(`${layout}; sync; cat /etc/ssh/sshd_config`)}\n`;
          const beginning = performance.now();
          const change = machine.output(begin);
          await Promise.race([change, wait(milliseconds)]);
          const during = machine.copyDisk();
          await change;
          const duration = performance.now() - beginning;
          const after = await machine.cutPower();
          const { values, files } = await examine(during, fileSystem);
          expect(['0 3', desired]).toContain(values);
          expect([shipped, block + shipped]).toContain(files);
          expect(await examine(after, fileSystem)).toEqual({ values: desired, files: block + shipped });
          return { isLate: values === desired, duration };
        });
      /** The first one, at the beginning, shows how long the change takes; the others close in on its renames. */
      const closeIn = async (layout: string): Promise<void> => {
        let { duration } = await cut(layout, 0);
        let [earliest, latest] = [0, 1];
        for (let count = 1; count < CUTS / 2; count++) {
          const part = (earliest + latest) / 2;
          const result = await cut(layout, part * duration);
          ({ duration } = result);
          if (result.isLate) latest = part;
          else earliest = part;
        }
      };
      // Side by side, one machine for each layout.
      await allOf(Object.values(LAYOUTS).map(closeIn));
    });
  });
}
