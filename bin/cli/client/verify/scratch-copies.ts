// Copies of a configuration and of what it includes, in a private folder, so that `ssh -G` can evaluate text that is not in
// force.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../shared/exit-code';
import { type ConfigFile, allFiles } from '../ssh-config/configuration';
import type { ConfigLocation } from '../file/config-location';

/** What a copy has in place of a part of the text. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The changes of a file on its copy, in the order of the text. */
export type Edit = (file: ConfigFile) => readonly Replacement[];

/** The copies, in a folder that only the user can read. */
export class ScratchCopies {
  private readonly folder: string;
  private count = 0;
  // A signal ends the process without running `finally`.
  private readonly atExit = (): void => this.remove();

  public constructor(private readonly location: ConfigLocation) {
    this.folder = makeFolder(location.scratch);
    process.once('exit', this.atExit);
  }

  /** Writes a text; returns its path. */
  public write(text: string): string {
    const path = join(this.folder, `${++this.count}`);
    writeFileSync(path, text, { encoding: 'latin1', mode: 0o600, flag: 'wx' });
    return path;
  }

  /** The text of a file with its changes; included files are copied where they have changes, or all of them with `all`. */
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

  /** A path as ssh names it. */
  public toSsh(path: string): string {
    return this.location.toSsh(path);
  }

  /** Removes all copies. */
  public remove(): void {
    process.off('exit', this.atExit);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function makeFolder(scratch: string): string {
  try {
    return mkdtempSync(join(scratch, 'cdk-ssh-keepalive-'));
  } catch (error) {
    throw new CliError(`${scratch}: cannot create a temporary folder, got: ${(error as Error).message}.`);
  }
}

function cannotFollow({ path }: ConfigFile, line: number): CliError {
  return new CliError(
    `${path}:${line}: Include has a % token that only ssh can expand, and a file that it may include has a command. ` +
      'Write the file name without %.',
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
