// What these tests need of the machine that runs them.
import { find } from '../../bin/test-bed/openssh';
import { describeUnless } from '../support/describe-unless';

const PROGRAMS = [
  ...['apt-get', 'dpkg-deb', 'mcopy', 'mkfs.ext4', 'mkfs.vfat', 'mkfs.xfs', 'mmdebstrap', 'mount'],
  ...['qemu-img', 'qemu-system-x86_64', 'setpriv', 'ssh', 'ssh-keygen', 'unshare'],
];

/** As `describe`, on a machine that can boot others. */
export function describeWithMachines(name: string, tests: () => void): void {
  describeUnless(missing(), name, tests);
}

function missing(): string | undefined {
  if (process.arch !== 'x64') return 'the machines have x86-64 processors';
  if (process.getuid?.() !== 0) return 'only root can mount disks';
  const program = PROGRAMS.find((name) => !find(name));
  return program && `this machine has no ${program}`;
}
