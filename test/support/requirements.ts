// What a group of tests needs of the machine. A group whose need is not met is skipped by name, with the reason; where
// CI=true nothing may be skipped unseen, so there it fails.
import { find, findOpenSsh } from '../../bin/test-bed/openssh';
import { cfnLintPython } from '../template/cfn-lint';

/** A need: `sshd` and `cfn-lint` stand for one that can be run, installed or fetched; anything else is a program. */
export type Requirement =
  | 'sshd'
  | 'cfn-lint'
  | 'ssh'
  | 'bash'
  | 'dash'
  | 'zsh'
  | 'fish'
  | 'script'
  | 'busybox'
  | 'shellcheck'
  | 'strace'
  | 'apt-get';

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

const FETCHED: Partial<Record<Requirement, () => unknown>> = { sshd: findOpenSsh, 'cfn-lint': cfnLintPython };

function missing(requirement: Requirement): string | undefined {
  const fetch = FETCHED[requirement];
  if (!fetch) return find(requirement) ? undefined : `this machine has no ${requirement}`;
  try {
    fetch();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
