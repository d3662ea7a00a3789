// cfn-lint, which knows CloudFormation's own schemas: fetched once from PyPI into a venv under .cache/, nothing is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { find } from '../../bin/test-bed/openssh';

// Pinned, because its rules change from version to version.
const REQUIREMENT = 'cfn-lint==1.51.0';
const CACHE = join(__dirname, '..', '..', '.cache');

/** The Python that has cfn-lint; throws with the reason where it cannot be had. */
export function cfnLintPython(): string {
  const venv = join(CACHE, REQUIREMENT.replace('==', '-'));
  if (!existsSync(venv)) {
    const python = find('python3');
    if (!python) throw new Error('this machine has no python3, which cfn-lint needs');
    mkdirSync(CACHE, { recursive: true });
    // Made beside its place: two test processes may want it at once.
    const partial = mkdtempSync(`${venv}.partial-`);
    try {
      must(python, ['-m', 'venv', partial]);
      must(join(partial, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', REQUIREMENT]);
      if (!existsSync(venv)) renameSync(partial, venv);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return join(venv, 'bin/python3');
}

// Not its own program: that begins with the path at which the venv was made.
const MAIN = 'from cfnlint.runner import main; main()';

/** What it finds wrong with the template in a file, rule by rule; empty when nothing. */
export function cfnLint(file: string): string[] {
  const { status, stdout, stderr } = spawnSync(cfnLintPython(), ['-c', MAIN, '--format', 'parseable', file], {
    encoding: 'utf8',
  });
  if (status === 0) return [];
  return (stdout || stderr).trim().split('\n');
}

function must(command: string, args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `cfn-lint cannot be had: ${command} ${args.join(' ')}: ${error?.message ?? (stderr || stdout).trim()}`,
  );
}
