// What the tests of the suites need of the machine that runs them. Knows nothing about the tests.
import { find } from '../../bin/test-bed/openssh';

const PROGRAMS = ['apt-get', 'chroot', 'dpkg-deb', 'mount', 'tar', 'unshare'];

/** As `describe`, on a machine that can run suites. Elsewhere it is skipped by name; where CI=true it fails. */
export function describeWithSuites(name: string, tests: () => void): void {
  const reason = missing();
  if (!reason) return describe(name, tests);
  // Not even collected, because that would already look for the suites.
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
  if (process.getuid?.() !== 0) return 'only root can mount and chroot';
  const program = PROGRAMS.find((name) => !find(name));
  return program && `this machine has no ${program}`;
}
