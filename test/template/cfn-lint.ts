// cfn-lint, which knows CloudFormation's own schemas.
import { spawnSync } from 'node:child_process';
import { pythonWith } from '../support/python-venv';

// Pinned, because its rules change from version to version.
const REQUIREMENT = 'cfn-lint==1.51.0';

/** The Python that has cfn-lint; throws with the reason where it cannot be fetched. */
export function cfnLintPython(): string {
  return pythonWith(REQUIREMENT);
}

// Not its own program: that begins with the path at which the venv was made.
const MAIN = 'from cfnlint.runner import main; main()';

/** What it finds wrong with the templates in files, rule by rule; empty when nothing. */
export function cfnLint(...files: string[]): string[] {
  const { status, stdout, stderr } = spawnSync(cfnLintPython(), ['-c', MAIN, '--format', 'parseable', ...files], {
    encoding: 'utf8',
  });
  if (status === 0) return [];
  return (stdout || stderr).trim().split('\n');
}
