// What a group of tests needs of the machine. A group whose need is not met is skipped by name, with the reason; where
// CI=true nothing may be skipped unseen, so there it fails.
import { find, findOpenSsh } from '../../bin/rehearsal/openssh';

/** A need: `sshd` stands for an sshd that can be run, installed or fetched; anything else is a program. */
export type Requirement =
  'sshd' | 'ssh' | 'bash' | 'dash' | 'zsh' | 'fish' | 'script' | 'busybox' | 'shellcheck' | 'strace' | 'apt-get';

/** As `describe`, on a machine that has all that the group needs. */
export function describeWith(requirements: readonly Requirement[], name: string, tests: () => void): void {
  const reasons = requirements.map(missing).filter((reason) => reason !== undefined);
  if (reasons.length === 0) return describe(name, tests);
  const reason = reasons.join('; ');
  if (process.env.CI !== 'true') return describe.skip(`${name} [skipped: ${reason}]`, tests);
  describe(name, () => {
    it('has what it needs of this machine', () => {
      throw new Error(reason);
    });
  });
}

function missing(requirement: Requirement): string | undefined {
  if (requirement !== 'sshd') return find(requirement) ? undefined : `this machine has no ${requirement}`;
  try {
    findOpenSsh();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
