// What a group of tests needs of the machine.
import { find, findOpenSsh } from '../../bin/test-bed/openssh';
import { cfnLintPython } from '../template/cfn-lint';
import { describeUnless } from './describe-unless';

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
  describeUnless(reasons.length === 0 ? undefined : reasons.join('; '), name, tests);
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
