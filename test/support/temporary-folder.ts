// What a test run leaves in the temporary folder, aws-cdk-lib's cdk.out folders among it, goes with the run.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives this process, and the workers that it will start, a temporary folder of their own. */
export default function makeTemporaryFolder(): void {
  // Not our name: first boot leaves an sshd_config alone that has it, and some of the tests' have paths of this folder.
  const folder = mkdtempSync(join(tmpdir(), 'test-run-'));
  // Some tests do their work as another user.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}
