// Creates files and directories that only their owner can read, and makes them durable. Bytes are latin1 text here.
import {
  type Stats,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** Creates the directory with mode 0700 if it is missing, and none above it. */
export function createDirectory(path: string): void {
  // Also a symbolic link whose target does not exist, which mkdir does not replace.
  if (lstatSync(path, { throwIfNoEntry: false })) return;
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may create it at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Creates a file that does not exist yet, and leaves none if that fails.
 *
 * @throws an error with the code EEXIST when it exists
 */
export function createFile(path: string, text: string, owner: Stats | undefined): string {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = constants as Partial<typeof constants> & typeof constants;
  const descriptor = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(descriptor, text, 'latin1');
    if (owner && process.platform !== 'win32') {
      // The owner first: a file with the old mode and another owner could be readable by somebody new.
      if (process.getuid?.() === 0) fchownSync(descriptor, owner.uid, owner.gid);
      fchmodSync(descriptor, owner.mode & 0o7777);
    }
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return path;
}

const WINDOWS_ATTEMPTS = 10;

/** Renames; on Windows it tries again while a virus scanner or an editor has the file open, mostly for milliseconds. */
export function renameFile(from: string, to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      return renameSync(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || attempt === WINDOWS_ATTEMPTS || !/^(EPERM|EACCES|EBUSY)$/.test(code ?? '')) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 * attempt);
    }
  }
}

/** Makes a rename in the directory durable. */
export function syncDirectory(directory: string): void {
  // Windows cannot open directories.
  if (process.platform === 'win32') return;
  try {
    const descriptor = openSync(directory, constants.O_RDONLY);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Some file systems cannot. The rename has happened, so this is no failure.
  }
}
