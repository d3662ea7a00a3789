// The file of `--svg`. It keeps its old content until the new picture is complete.
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CliError } from '../../shared/exit-code';

/**
 * Checks that the picture can be written, before the measurement: a wrong name must not cost a quarter of an hour.
 *
 * @throws CliError when it cannot
 */
export function checkPicture(file: string): void {
  attempt(() => {
    const { path, exists, isReplaceable } = targetOf(file);
    if (exists) closeSync(openSync(path, 'a'));
    if (!isReplaceable) return;
    const part = partOf(path);
    closeSync(openSync(part, 'w'));
    rmSync(part);
  });
}

/**
 * Writes the picture.
 *
 * @throws CliError when it cannot
 */
export function writePicture(file: string, picture: string): void {
  attempt(() => {
    const { path, isReplaceable } = targetOf(file);
    if (!isReplaceable) return writeFileSync(path, picture);
    const part = partOf(path);
    writeFileSync(part, picture);
    renameSync(part, path);
  });
}

interface PictureTarget {
  /** Behind symbolic links, which are kept. */
  readonly path: string;
  readonly exists: boolean;
  /** Not a device or a pipe, such as /dev/stdout. */
  readonly isReplaceable: boolean;
}

function targetOf(file: string): PictureTarget {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return { path: file, exists: false, isReplaceable: true };
  return stats.isFile()
    ? { path: realpathSync(file), exists: true, isReplaceable: true }
    : { path: file, exists: true, isReplaceable: false };
}

/** In the same folder, so that it can be renamed. */
function partOf(path: string): string {
  return `${path}.${process.pid}.part`;
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new CliError(`--svg: the file cannot be written, got: ${(error as Error).message}. Give another one.`);
  }
}
