// A folder for the disks of a test run that is deleted when this process ends, however it ends.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a new one. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vm-'));
  // Its stdin ends with this process, and a session of its own spares it the Ctrl-C.
  const janitor = spawn('sh', ['-c', 'cat; rm -rf "$0"', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  janitor.unref();
  return folder;
}
