// What these tests need of the machine that runs them. Without it they are skipped by name; where CI=true they fail.
import { find } from '../../bin/test-bed/openssh';

const PROGRAMS = [
  ...['apt-get', 'dpkg-deb', 'mcopy', 'mkfs.ext4', 'mkfs.vfat', 'mkfs.xfs', 'mmdebstrap', 'mount'],
  ...['qemu-img', 'qemu-system-x86_64', 'setpriv', 'ssh', 'ssh-keygen', 'unshare'],
];

/** As `describe`, on a machine that can boot others. */
export function describeWithMachines(name: string, tests: () => void): void {
  const reason = missing();
  if (!reason) return describe(name, tests);
  if (process.env.CI !== 'true') {
    return describe.skip(`${name} [skipped: ${reason}]`, () => it('is not run', () => undefined));
  }
  describe(name, () => {
    it('has what it needs of this machine', () => {
      throw new Error(reason);
    });
  });
}

function missing(): string | undefined {
  if (process.arch !== 'x64') return 'the machines have x86-64 processors';
  if (process.getuid?.() !== 0) return 'only root can mount disks';
  const program = PROGRAMS.find((name) => !find(name));
  return program && `this machine has no ${program}`;
}
