// A lock: a file beside the one that is changed, with the id of the process that changes it. Hidden, so that no Include
// with a star reads it.
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CliError } from '../../shared/exit-code';

const TIMEOUT_MS = 10_000;
const PAUSE_MS = 50;
/** A lock without a complete process id is being written, or was left by a crash. */
const UNFINISHED_MS = 2_000;

/**
 * Runs the work while this process holds the lock of the file.
 *
 * @throws CliError when another process keeps the lock for 10 s
 */
export async function withLock<T>(file: string, work: () => T): Promise<T> {
  const lock = join(dirname(file), `.${basename(file)}.cdk-ssh-keepalive.lock`);
  const deadline = Date.now() + TIMEOUT_MS;
  while (!take(lock)) {
    if (isStale(lock)) {
      removeStale(lock);
    } else if (Date.now() > deadline) {
      throw new CliError(
        `${file}: locked by another cdk-ssh-keepalive, got: ${lock}. If none is running, remove the lock.`,
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

/** The work is done, so a lock that stays is no failure: it is stale once this process has ended. */
function release(lock: string): void {
  try {
    rmSync(lock, { force: true });
  } catch {
    // Stale later.
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

/** Whether the process that took it has ended. */
function isStale(lock: string): boolean {
  try {
    // The line end shows that the id is complete: half an id may be that of another running process.
    const [, pid] = /^(\d+)\n$/.exec(readFileSync(lock, 'utf8')) ?? [];
    if (pid === undefined) return Date.now() - statSync(lock).mtimeMs > UNFINISHED_MS;
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** By a rename, because two processes may find it at the same time and only one gets it; one that is in use goes back. */
function removeStale(lock: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  try {
    if (!isStale(aside)) linkSync(aside, lock);
  } catch {
    // Another process has taken it meanwhile.
  }
  rmSync(aside, { force: true });
}
