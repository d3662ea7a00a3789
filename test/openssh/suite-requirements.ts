// What the tests of the suites need of the machine that runs them. Knows nothing about the tests.
import { find } from '../../bin/test-bed/openssh';
import { describeUnless } from '../support/describe-unless';

const PROGRAMS = ['apt-get', 'chroot', 'dpkg-deb', 'mount', 'tar', 'unshare'];

/** As `describe`, on a machine that can run suites. */
export function describeWithSuites(name: string, tests: () => void): void {
  describeUnless(missing(), name, tests);
}

function missing(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can mount and chroot';
  const program = PROGRAMS.find((name) => !find(name));
  return program && `this machine has no ${program}`;
}
