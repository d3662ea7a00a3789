// One at a time: a file beside the one that is changed, with the id of the process that changes it. Hidden, so that no
// Include with a star reads it.
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CliError } from '../../shared/exit-code';

const PATIENCE_MS = 10_000;
const PAUSE_MS = 50;
/** A lock without a whole id is being written, or was left by a crash. */
const UNFINISHED_MS = 2_000;

/** Does the work while nobody else does such work on the file. */
export async function withLock<T>(file: string, work: () => T): Promise<T> {
  const lock = join(dirname(file), `.${basename(file)}.cdk-ssh-keepalive.lock`);
  const deadline = Date.now() + PATIENCE_MS;
  while (!take(lock)) {
    if (isLeft(lock)) {
      removeLeft(lock);
    } else if (Date.now() > deadline) {
      throw new CliError(
        `Another cdk-ssh-keepalive is changing ${file}; nothing was changed. If none is running, remove ${lock}.`,
      );
    } else {
      await setTimeout(PAUSE_MS);
    }
  }
  try {
    return work();
  } finally {
    release(lock);
  }
}

/** What was done is done; a lock that stays is found to be left once this process is gone. */
function release(lock: string): void {
  try {
    rmSync(lock, { force: true });
  } catch {
    // See above.
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A full disk leaves an empty one.
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EIO') rmSync(lock, { force: true });
    throw error;
  }
}

/** Whether whoever took it is gone. */
function isLeft(lock: string): boolean {
  try {
    // The end of the line tells that it is whole: half an id may be the id of somebody who lives.
    const [, pid] = /^(\d+)\n$/.exec(readFileSync(lock, 'utf8')) ?? [];
    if (pid === undefined) return Date.now() - statSync(lock).mtimeMs > UNFINISHED_MS;
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** By a rename, because two may find it at the same time and only one gets it; one that is in use goes back. */
function removeLeft(lock: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  try {
    if (!isLeft(aside)) linkSync(aside, lock);
  } catch {
    // Somebody has taken it meanwhile.
  }
  rmSync(aside, { force: true });
}
