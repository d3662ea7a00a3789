// The one part of the file that is ours: between two markers, each alone on its line. Knows no keyword.
import { CliError } from '../../shared/exit-code';

/** The first line of the block. */
export const BEGIN = '# BEGIN cdk-ssh-keepalive';
/** The last line of the block. */
export const END = '# END cdk-ssh-keepalive';

/** Notes inside the block, about what was there before it and has to be there again after it. */
const NO_LINE_END = '# The line above had no line end.';
const NO_FILE = '# This file was not there before.';

/** A file without our block, and what it takes to put one in. */
export interface Unmarked {
  /** Undefined where there was no file. */
  readonly text: string | undefined;
  /** Our block, as it stands in the file; undefined where there is none. */
  readonly block: string | undefined;
  /** Where it stood, and so where it was taken out. */
  readonly at: number;
}

/** Takes our block out; throws, with line numbers, where the markers are not one pair. */
export function takeOut(path: string, text: string | undefined): Unmarked {
  const markers = text?.includes('cdk-ssh-keepalive') ? findMarkers(text) : [];
  const [begin, end] = markers;
  if (text === undefined || !begin) return { text, block: undefined, at: 0 };
  if (markers.length !== 2 || begin.marker !== BEGIN || end?.marker !== END) {
    const list = markers.map(({ marker, line }) => `  ${path}:${line}: ${marker}`).join('\n');
    throw new CliError(
      `The markers of cdk-ssh-keepalive must be one pair, first BEGIN, then END. Nothing was changed. Found:\n${list}\n` +
        'Remove the lines that are left over, then run this again.',
    );
  }
  const block = text.slice(begin.start, end.end);
  const notes = new Set(block.split(/\r?\n/));
  const after = text.slice(end.end);
  // Where something was written below the block since, its line end is needed.
  const hadNoLineEnd = notes.has(NO_LINE_END) && after === '';
  const lineEnd = block.includes('\r\n') ? 2 : 1;
  const before = text.slice(0, hadNoLineEnd ? Math.max(0, begin.start - lineEnd) : begin.start);
  const isLeftEmpty = notes.has(NO_FILE) && before + after === '';
  return { text: isLeftEmpty ? undefined : before + after, block, at: before.length };
}

/** Puts a block of these lines in, at the beginning of a line or at the end. */
export function putIn(text: string | undefined, at: number, lines: readonly string[]): { text: string; block: string } {
  const content = text ?? '';
  const lineEnd = lineEndOf(content);
  const before = content.slice(0, at);
  const needsLineEnd = before !== '' && !before.endsWith('\n');
  const notes = [...(needsLineEnd ? [NO_LINE_END] : []), ...(text === undefined ? [NO_FILE] : [])];
  const block = [BEGIN, ...notes, ...lines, END].map((line) => line + lineEnd).join('');
  return { text: before + (needsLineEnd ? lineEnd : '') + block + content.slice(at), block };
}

/** The line end of most lines. */
function lineEndOf(text: string): string {
  if (!text.includes('\r')) return '\n';
  const windows = text.match(/\r\n/g)?.length ?? 0;
  return windows * 2 > (text.match(/\n/g)?.length ?? 0) ? '\r\n' : '\n';
}

interface Marker {
  readonly marker: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

function findMarkers(text: string): Marker[] {
  return [...text.matchAll(/^[ \t]*(# (?:BEGIN|END) cdk-ssh-keepalive)[ \t\r]*(?:\n|$(?![^]))/gm)].map((match) => ({
    marker: match[1] ?? '',
    line: text.slice(0, match.index).split('\n').length,
    start: match.index,
    end: match.index + match[0].length,
  }));
}
