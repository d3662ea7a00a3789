// Reads the file and replaces it atomically: at every moment there is the old file or the new one, complete, and only its
// owner can read either. Bytes are latin1 text here, one character each.
import { type Stats, lstatSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from '../../shared/exit-code';
import { removeOldBackups, writeBackup } from './backup';
import { withLock } from './lock';
import { createDirectory, createFile, renameFile, syncDirectory } from './private-file';

/** The file, as read. */
export interface ReadFile {
  /** The path by which it is named. */
  readonly path: string;
  /** The path of the file itself, with all symbolic links resolved. */
  readonly real: string;
  /** Undefined where there is no file. */
  readonly text: string | undefined;
  readonly stats: Stats | undefined;
}

/** Another process wrote the file between reading and writing. */
export class ChangedMeanwhile extends CliError {}

/** The result of a change. */
export interface Written {
  /** The path of the backup; undefined when there was no file. */
  readonly backup: string | undefined;
}

/**
 * Reads the file; only one that does not exist counts as absent.
 *
 * @throws CliError when it is no regular file or cannot be read
 */
export function readConfigFile(path: string): ReadFile {
  const named = statOf(path, lstatSync);
  if (!named) return { path, real: realPathOfAbsent(path), text: undefined, stats: undefined };
  const stats = statOf(path, statSync);
  if (!stats) {
    throw new CliError(
      `${path}: the target of this symbolic link does not exist, got: ${readlinkSync(path)}. Create that file, or remove the link.`,
    );
  }
  if (!stats.isFile()) {
    const kind = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a pipe' : 'a device or socket';
    throw new CliError(`${path}: must be a regular file, got: ${kind}.`);
  }
  return { path, real: realpathSync(path), text: reading(path, () => readFileSync(path, 'latin1')), stats };
}

/**
 * Replaces the file, or removes it when there is no text, and keeps a backup.
 *
 * @throws CliError when it cannot be written, ChangedMeanwhile when it is no longer what was read; nothing is changed then
 */
export async function writeConfigFile(file: ReadFile, text: string | undefined, now: Date): Promise<Written> {
  const { real, stats } = file;
  try {
    // The lock needs the directory.
    if (!stats) createDirectory(dirname(real));
    return await withLock(real, () => {
      requireUnchanged(file);
      const written: string[] = [];
      try {
        const backup = file.text === undefined ? undefined : writeBackup(real, file.text, now);
        if (backup !== undefined) written.push(backup);
        const temporary = text === undefined ? undefined : writeTemporary(real, text, stats);
        if (temporary !== undefined) written.push(temporary);
        // An editor does not take the lock.
        requireUnchanged(file);
        if (temporary === undefined) rmSync(real, { force: true });
        else renameFile(temporary, real);
        syncDirectory(dirname(real));
        removeOldBackups(real);
        return { backup };
      } catch (error) {
        for (const path of written) rmSync(path, { force: true });
        throw error;
      }
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${real}: cannot be written, got: ${(error as Error).message}.`);
  }
}

/** Beside the file, so that the rename stays within a file system; hidden, so that no Include with a star reads it. */
function writeTemporary(real: string, text: string, owner: Stats | undefined): string {
  const path = join(dirname(real), `.${basename(real)}.cdk-ssh-keepalive.new`);
  // A process that was killed may have left one; the lock excludes any other.
  rmSync(path, { force: true });
  return createFile(path, text, owner);
}

function requireUnchanged({ path, real, text }: ReadFile): void {
  const now = statOf(real, lstatSync) ? reading(real, () => readFileSync(real, 'latin1')) : undefined;
  if (now === text) return;
  throw new ChangedMeanwhile(`${path}: another program changed the file meanwhile. Run the command again.`);
}

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
  return new CliError(`${path}: cannot be read, got: ${(error as Error).message}.`);
}

/** A directory of the path may be a symbolic link too. */
function realPathOfAbsent(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
