// Backups of the file: the newest three are kept, beside the file. Their names begin with a dot, so that no Include with a
// star reads them.
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createFile } from './private-file';

/** How many are kept. */
export const BACKUPS_KEPT = 3;

/** Writes a backup of the file's text, for its owner only, and returns its path. */
export function writeBackup(file: string, text: string, now: Date): string {
  const time = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  // Not the first free number of that second, which may be older than one that exists.
  const last = Math.max(0, ...backupsOf(file).map((backup) => (backup.time === time ? backup.number : 0)));
  const suffix = last === 0 ? '' : `.${last + 1}`;
  return createFile(join(dirname(file), `${prefixOf(file)}${time}${suffix}.backup`), text, undefined);
}

/** Removes all backups of the file but the newest. */
export function removeOldBackups(file: string): void {
  try {
    for (const { name } of backupsOf(file).slice(0, -BACKUPS_KEPT)) rmSync(join(dirname(file), name), { force: true });
  } catch {
    // The file is written. A backup that stays is removed by the next change.
  }
}

interface Backup {
  readonly name: string;
  readonly time: string;
  /** 1, or more for another one of the same second. */
  readonly number: number;
}

/** The backups of the file, oldest first. */
function backupsOf(file: string): Backup[] {
  const prefix = prefixOf(file);
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => {
      const [, time, number = '1'] = TIME.exec(name.slice(prefix.length)) ?? [];
      return time === undefined ? [] : [{ name, time, number: Number(number) }];
    })
    .sort((a, b) => (a.time === b.time ? a.number - b.number : a.time < b.time ? -1 : 1));
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)(?:\.(\d+))?\.backup$/;

function prefixOf(file: string): string {
  return `.${basename(file)}.cdk-ssh-keepalive.`;
}
