// The power is cut during a change and right after it; then the disk is mounted, which replays the log of its file system.
import { setTimeout as wait } from 'node:timers/promises';
import { readDisk } from './disk-image';
import { AROUND_FIRST_BOOT, FIRST_BOOT, OPEN_GATE } from './user-data';
import type { VirtualMachine } from './virtual-machine';

const CUTS = 10;
/** Cuts during the change: at parts of the time that it takes. */
const MOMENTS = [0.5, 0.65, 0.8, 0.9];

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
function examine(disk: string): { values: string; files: string } {
  const [settings = '', files = ''] = readDisk(disk, EXAMINE).split('files:\n');
  const value = (keyword: string): string => new RegExp(`^${keyword} (.*)$`, 'im').exec(settings)?.[1] ?? '';
  return { values: `${value('ClientAliveInterval')} ${value('ClientAliveCountMax')}`, files };
}

/** The tests, on machines whose user data waits. */
export function testPowerCuts(resume: () => Promise<VirtualMachine>, apply: string): void {
  describe.each([
    ['the first boot', OPEN_GATE, `[ "$(wc -l <${AROUND_FIRST_BOOT})" = 3 ]`, FIRST_BOOT],
    ['Apply', `${apply} >/run/applied; touch /run/end`, '[ -e /run/end ]', { interval: 60, countMax: 120 }],
  ])('whose power is cut', (name, begin, hasEnded, { interval, countMax }) => {
    const block = `# BEGIN cdk-ssh-keepalive\nClientAliveInterval ${interval}\nClientAliveCountMax ${countMax}\n# END cdk-ssh-keepalive\n`;
    let took = 0;

    /** Cuts the power after that time, or right after the change. */
    const cut = async (
      layout: keyof typeof LAYOUTS,
      afterMs?: number,
    ): Promise<{ values: string; files: string; shipped: string }> => {
      const machine = await resume();
      let shipped: string;
      try {
        await machine.output(`${LAYOUTS[layout]}; sync`);
        shipped = `${await machine.output('cat /etc/ssh/sshd_config')}\n`;
        const beginning = performance.now();
        const change = machine.run(begin).catch(() => undefined);
        if (afterMs === undefined) {
          await change;
          await machine.waitFor(hasEnded);
          took = performance.now() - beginning;
        } else {
          await wait(afterMs);
        }
      } catch (error) {
        await machine.cutPower();
        throw error;
      }
      return { ...examine(await machine.cutPower()), shipped };
    };

    it(`right after ${name}, ${CUTS} times, has the new values in complete files`, async () => {
      for (let i = 0; i < CUTS; i++) {
        const { values, files, shipped } = await cut(i % 2 ? 'block' : 'drop-in');
        expect([values, files]).toEqual([`${interval} ${countMax}`, block + shipped]);
      }
    });

    it.each(MOMENTS)(
      `during ${name}, at %d of its time, has the old or the new values in complete files`,
      async (part) => {
        const layout = MOMENTS.indexOf(part) % 2 ? 'block' : 'drop-in';
        const { values, files, shipped } = await cut(layout, part * took);
        expect([
          ['0 3', `${interval} ${countMax}`],
          [shipped, block + shipped],
        ]).toEqual([expect.arrayContaining([values]), expect.arrayContaining([files])]);
      },
    );
  });
}
