// Copies of a configuration and of what it includes, in a private folder, where ssh can be asked about text that is not
// in force. Knows nothing of why a line is changed on a copy.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../shared/exit-code';
import { type ConfigFile, allFiles } from '../ssh-config/configuration';
import type { ConfigLocation } from '../file/config-location';

/** What stands on the copy instead of a part of the text. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What is changed in a file on its copy, in the order of the text. */
export type Edit = (file: ConfigFile) => readonly Replacement[];

/** A folder that nobody else may enter. */
export class Copies {
  private readonly folder: string;
  private count = 0;
  // A signal ends the process without coming back to whoever would remove them.
  private readonly atExit = (): void => this.remove();

  public constructor(private readonly place: ConfigLocation) {
    this.folder = makeFolder(place.scratch);
    process.once('exit', this.atExit);
  }

  /** Writes a text; returns its path. */
  public write(text: string): string {
    const path = join(this.folder, `${++this.count}`);
    writeFileSync(path, text, { encoding: 'latin1', mode: 0o600, flag: 'wx' });
    return path;
  }

  /** The text of a file with its changes; what it includes is copied, where anything changes there or `all` is wished. */
  public edited(root: ConfigFile, edit: Edit, all = false): string {
    const written = new Map<ConfigFile, string>();
    const included = (file: ConfigFile): string => {
      const path = written.get(file) ?? this.write(textOf(file));
      written.set(file, path);
      return path;
    };
    const textOf = (file: ConfigFile): string =>
      replace(file.text, [...edit(file), ...includeLines(file)].sort(byStart));
    const includeLines = (file: ConfigFile): Replacement[] =>
      [...file.includes].flatMap(([statement, { files, isGuess }]) => {
        const isChanged = files.some((one) => [...allFiles(one)].some((inner) => edit(inner).length > 0));
        if (isGuess && isChanged) throw cannotFollow(file, statement.line);
        if (isGuess || !(isChanged || all)) return [];
        const lines = files.map((one) => `Include "${this.toSsh(included(one))}"`);
        return [{ start: statement.start, end: statement.end, text: lines.join('\n') }];
      });
    return textOf(root);
  }

  /** A path as the ssh that is asked names it. */
  public toSsh(path: string): string {
    return this.place.toSsh(path);
  }

  /** Leaves nothing behind. */
  public remove(): void {
    process.off('exit', this.atExit);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function makeFolder(scratch: string): string {
  try {
    return mkdtempSync(join(scratch, 'cdk-ssh-keepalive-'));
  } catch (error) {
    throw new CliError(
      `No temporary folder can be made in ${scratch}: ${(error as Error).message}. Nothing was changed.`,
    );
  }
}

function cannotFollow({ path }: ConfigFile, line: number): CliError {
  return new CliError(
    `${path}:${line} includes a file whose name only ssh can tell (%), and one that it may mean has a line which must be changed ` +
      'on a copy, so that checking runs and looks up nothing. Nothing was changed. Name the file in full.',
  );
}

const byStart = (a: Replacement, b: Replacement): number => a.start - b.start;

function replace(text: string, replacements: readonly Replacement[]): string {
  let at = 0;
  let result = '';
  for (const { start, end, text: instead } of replacements) {
    result += text.slice(at, start) + instead;
    at = end;
  }
  return result + text.slice(at);
}
