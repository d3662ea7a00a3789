// The parts of the file that belong to cdk-ssh-keepalive: a block of hosts and a block of defaults, each between two
// markers alone on their lines. Knows no keyword of ssh.
import { CliError } from '../../shared/exit-code';
import { type Insertion, withInsertions } from '../ssh-config/slice';

/** The blocks by name, as their markers have it. */
export type BlockName = 'hosts' | 'defaults';

/** Notes inside a block, about what was there before it and has to be there again after it. Each block has them, so that one
 * may be deleted by hand. */
const NO_LINE_END = '# The original file had no newline at its end.';
const NO_FILE = '# cdk-ssh-keepalive created this file.';

/** A block that stands in a file. */
export interface MarkedBlock {
  readonly name: BlockName;
  /** From the first marker to the line end of the last one. */
  readonly block: string;
  /** Where it stands, in the text without the blocks. */
  readonly at: number;
}

/** A file without its blocks. */
export interface Unmarked {
  /** Undefined where there was no file before the blocks. */
  readonly text: string | undefined;
  /** In the order of the file. */
  readonly blocks: readonly MarkedBlock[];
}

/** A block that is to be inserted. */
export interface NewBlock {
  readonly name: BlockName;
  /** The beginning of a line, or the end of the text. */
  readonly at: number;
  /** Without the markers. */
  readonly lines: readonly string[];
}

/** A block with all that is inserted for it: where the line above it has no line end, that too. */
export type InsertedBlock = MarkedBlock & Insertion;

/**
 * Removes the blocks.
 *
 * @throws CliError with the line numbers, where the markers are not pairs
 */
export function removeBlocks(path: string, text: string | undefined): Unmarked {
  const markers = text?.includes('cdk-ssh-keepalive') ? findMarkers(text) : [];
  if (text === undefined || markers.length === 0) return { text, blocks: [] };
  requirePairs(path, markers);
  const blocks: MarkedBlock[] = [];
  let rest = '';
  let done = 0;
  for (let i = 0; i < markers.length; i += 2) {
    const [begin, end] = markers.slice(i, i + 2) as [Marker, Marker];
    rest += text.slice(done, begin.start);
    done = end.end;
    blocks.push({ name: begin.name, block: text.slice(begin.start, end.end), at: rest.length });
  }
  rest += text.slice(done);
  const withNote = (note: string): MarkedBlock | undefined =>
    blocks.find(({ block }) => block.split(/\r?\n/).includes(note));
  if (rest === '' && withNote(NO_FILE)) return { text: undefined, blocks };
  const lacking = withNote(NO_LINE_END);
  // A line that was written below the block since needs the line end.
  const surplus = lacking?.at !== rest.length ? 0 : lacking.block.includes('\r\n') ? 2 : 1;
  const original = rest.slice(0, Math.max(0, rest.length - surplus));
  return { text: original, blocks: blocks.map((block) => ({ ...block, at: Math.min(block.at, original.length) })) };
}

/** Inserts blocks, which are in the order of the text; returns the text and what was inserted. */
export function insertBlocks(
  text: string | undefined,
  blocks: readonly NewBlock[],
): { text: string | undefined; insertions: readonly InsertedBlock[] } {
  if (blocks.length === 0) return { text, insertions: [] };
  const content = text ?? '';
  const lineEnd = lineEndOf(content);
  const lacksLineEnd = content !== '' && !content.endsWith('\n');
  const insertions = blocks.map(({ name, at, lines }): InsertedBlock => {
    const isLacking = lacksLineEnd && at === content.length;
    const notes = [...(isLacking ? [NO_LINE_END] : []), ...(text === undefined ? [NO_FILE] : [])];
    const block = [marker('BEGIN', name), ...notes, ...lines, marker('END', name)]
      .map((line) => line + lineEnd)
      .join('');
    const isFirst = blocks.find((one) => one.at === at)?.name === name;
    return { name, at, block, text: (isLacking && isFirst ? lineEnd : '') + block };
  });
  return { text: withInsertions(content, insertions), insertions };
}

/** The line end of most lines. */
function lineEndOf(text: string): string {
  if (!text.includes('\r')) return '\n';
  const windows = text.match(/\r\n/g)?.length ?? 0;
  return windows * 2 > (text.match(/\n/g)?.length ?? 0) ? '\r\n' : '\n';
}

// --- Markers

interface Marker {
  readonly kind: string;
  readonly name: BlockName;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

function marker(kind: string, name: BlockName): string {
  return `# ${kind} cdk-ssh-keepalive ${name}`;
}

function findMarkers(text: string): Marker[] {
  const line = /^[ \t]*# (BEGIN|END) cdk-ssh-keepalive (hosts|defaults)[ \t\r]*(?:\n|$(?![^]))/gm;
  return [...text.matchAll(line)].map((match) => ({
    kind: match[1] ?? '',
    name: match[2] as BlockName,
    line: text.slice(0, match.index).split('\n').length,
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function requirePairs(path: string, markers: readonly Marker[]): void {
  const isPaired = markers.every((_, i) => {
    const [begin, end] = markers.slice(i - (i % 2));
    return begin?.kind === 'BEGIN' && end?.kind === 'END' && begin.name === end.name;
  });
  const begins = markers.filter(({ kind }) => kind === 'BEGIN').map(({ name }) => name);
  if (isPaired && new Set(begins).size === begins.length) return;
  const list = markers.map(({ kind, name, line }) => `  ${path}:${line}: ${marker(kind, name)}`);
  throw new CliError(
    `${path}: the markers of cdk-ssh-keepalive must be pairs, at most one of hosts and one of defaults, each first BEGIN, ` +
      `then END, got:\n${list.join('\n')}\nRemove the lines that are left over, then run this again.`,
  );
}
