// Packages of PyPI for the tests: each is fetched once into a venv under .cache/; nothing is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { find } from '../../bin/test-bed/openssh';

const CACHE = join(__dirname, '..', '..', '.cache');

/** The Python that has a pinned package, such as `cfn-lint==1.51.0`; throws with the reason where it cannot be fetched. */
export function pythonWith(requirement: string): string {
  const venv = join(CACHE, requirement.replace(/\[.*\]/, '').replace('==', '-'));
  if (!existsSync(venv)) {
    const python = find('python3');
    if (!python) throw new Error(`this machine has no python3, which ${requirement} needs`);
    mkdirSync(CACHE, { recursive: true });
    // Made beside its place: two test processes may want it at once.
    const partial = mkdtempSync(`${venv}.partial-`);
    try {
      runPython(python, ['-m', 'venv', partial]);
      runPython(join(partial, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', requirement]);
      if (!existsSync(venv)) renameSync(partial, venv);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return join(venv, 'bin/python3');
}

/** What a Python program prints; throws if it fails. */
export function runPython(python: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(python, args, { encoding: 'utf8', env });
  if (status === 0) return stdout;
  throw new Error(`${python} ${args.join(' ')}: ${error?.message ?? (stderr || stdout).trim()}`);
}
