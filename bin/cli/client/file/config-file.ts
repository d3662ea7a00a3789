// Reads the file and replaces it, so that at every moment there is the old one or the new one, whole, and nobody else can
// read either. Bytes are latin1 text here, one character each. Knows nothing of what they mean.
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
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from '../../shared/exit-code';
import { withLock } from './lock';

/** The file as it was read. */
export interface ReadFile {
  /** Where it is named. */
  readonly path: string;
  /** Where it is, all links followed. */
  readonly real: string;
  /** Undefined where there is none. */
  readonly text: string | undefined;
  readonly stats: Stats | undefined;
}

/** Somebody else wrote it between our reading and our writing. */
export class ChangedMeanwhile extends CliError {}

/** What happened to it. */
export interface Written {
  /** Where the old one is kept; undefined when there was none. */
  readonly backup: string | undefined;
}

/** Reads it; only a file that is not there counts as absent. */
export function readConfigFile(path: string): ReadFile {
  const named = statOf(path, lstatSync);
  if (!named) return { path, real: realPathOfAbsent(path), text: undefined, stats: undefined };
  const stats = statOf(path, statSync);
  if (!stats) {
    throw new CliError(
      `${path} is a symbolic link to ${readlinkSync(path)}, which does not exist. Nothing was changed. Make that file, or ` +
        'remove the link.',
    );
  }
  if (!stats.isFile()) {
    const kind = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a pipe' : 'not a regular file';
    throw new CliError(`${path} is ${kind}, but must be a file. Nothing was changed.`);
  }
  return { path, real: realpathSync(path), text: reading(path, () => readFileSync(path, 'latin1')), stats };
}

/** Replaces it, or removes it when there is no text; refuses if it is not any more what was read. */
export async function writeConfigFile(file: ReadFile, text: string | undefined, now: Date): Promise<Written> {
  const { real, stats } = file;
  try {
    // Its folder must be there for the lock.
    if (!stats) mkdirSync(dirname(real), { recursive: true, mode: 0o700 });
    return await withLock(real, () => {
      requireUnchanged(file);
      const backup = file.text === undefined ? undefined : writeBackup(file, file.text, now);
      const temporary = text === undefined ? undefined : writeOver(hidden(real, 'new'), text, stats);
      try {
        requireUnchanged(file);
        if (temporary === undefined) rmSync(real, { force: true });
        else rename(temporary, real);
      } catch (error) {
        if (temporary !== undefined) rmSync(temporary, { force: true });
        throw error;
      }
      syncFolder(dirname(real));
      return { backup };
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${real} could not be written, and is as it was: ${(error as Error).message}.`);
  }
}

function requireUnchanged({ path, real, text }: ReadFile): void {
  const now = statOf(real, lstatSync) ? reading(real, () => readFileSync(real, 'latin1')) : undefined;
  if (now === text) return;
  throw new ChangedMeanwhile(
    `${path} was changed by somebody else meanwhile, and is as they left it. Nothing of ours was written. Run this again.`,
  );
}

// --- Files that nobody else may read, not for a moment

/** Beside the real file, so that the rename stays within a file system; hidden, so that no Include with a star reads it. */
function hidden(real: string, suffix: string): string {
  return join(dirname(real), `.${basename(real)}.cdk-ssh-keepalive.${suffix}`);
}

function writeBackup({ real }: ReadFile, text: string, now: Date): string {
  const day = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  for (let number = 1; ; number++) {
    const path = hidden(real, `${day}${number === 1 ? '' : `.${number}`}.backup`);
    try {
      return writeNew(path, text, undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Whoever left a file there was killed: only one at a time gets here. */
function writeOver(path: string, text: string, like: Stats | undefined): string {
  rmSync(path, { force: true });
  return writeNew(path, text, like);
}

/** Writes a file that is not there yet, and leaves none if that fails. */
function writeNew(path: string, text: string, like: Stats | undefined): string {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = constants as Partial<typeof constants> & typeof constants;
  const descriptor = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(descriptor, text, 'latin1');
    if (like && process.platform !== 'win32') {
      // The owner first: a file with the old mode and another owner might be open to somebody new.
      if (process.getuid?.() === 0) fchownSync(descriptor, like.uid, like.gid);
      fchmodSync(descriptor, like.mode & 0o7777);
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

const WINDOWS_TRIES = 10;

/** Windows refuses while a virus scanner or an editor has the file open, mostly for milliseconds. */
function rename(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      return renameSync(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || tries === WINDOWS_TRIES || !/^(EPERM|EACCES|EBUSY)$/.test(code ?? '')) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 * tries);
    }
  }
}

function syncFolder(folder: string): void {
  // Windows cannot open folders.
  if (process.platform === 'win32') return;
  try {
    const descriptor = openSync(folder, constants.O_RDONLY);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Some file systems cannot. The rename has happened, so this is no failure.
  }
}

// --- Reading

function statOf(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

function reading(path: string, read: () => string): string {
  try {
    return read();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): CliError {
  return new CliError(`${path} cannot be read: ${(error as Error).message}. Nothing was changed.`);
}

/** A folder on the way may be a link too. */
function realPathOfAbsent(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
