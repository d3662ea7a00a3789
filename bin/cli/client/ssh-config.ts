// The sections of a configuration, by OpenSSH's own rules: a line is a keyword, whitespace or one `=`, and arguments that
// may be quoted; case does not matter. Lines that nobody asks for are passed over, whatever is in them (IgnoreUnknown).
// Text is latin1, so that every byte is a character and stays what it is.

/** A line that somebody asks for. */
export interface Statement {
  /** In lower case. */
  readonly keyword: string;
  readonly args: readonly string[];
  /** Counts from 1. */
  readonly line: number;
  /** Where the line begins. */
  readonly start: number;
  /** Where it ends, without the line end. */
  readonly end: number;
}

/** From a Host or Match line, or the beginning of the file, to the next one. */
export interface Section {
  /** The Host or Match line; the lines above the first one have none and count for every host. */
  readonly header: Statement | undefined;
  readonly start: number;
  readonly end: number;
  /** The lines that were asked for. */
  readonly statements: readonly Statement[];
}

/** What decides about keepalive and about what is read. */
export const STRUCTURE = [
  'include',
  'serveraliveinterval',
  'serveralivecountmax',
  'canonicalizehostname',
  'canonicalizepermittedcnames',
];

/** The sections with the lines of these keywords. */
export function parseSections(text: string, keywords: readonly string[]): Section[] {
  // One scan, because files may have 100,000 lines. ssh takes quotes and equals signs at odd places too.
  const names = ['host', 'match', ...keywords].map((keyword) => [...keyword].join('"?'));
  const line = new RegExp(`^["= \\t\\r\\f]*(${names.join('|')})(?=["= \\t])(.*)$`, 'gim');
  const sections: Section[] = [];
  let current = { header: undefined as Statement | undefined, start: 0, statements: [] as Statement[] };
  const lines = lineCounter(text);
  for (let found = line.exec(text); found; found = line.exec(text)) {
    const [whole, name = '', rest = ''] = found;
    const keyword = name.replaceAll('"', '').toLowerCase();
    const start = found.index;
    const statement = { keyword, args: splitArguments(rest), line: lines(start), start, end: start + whole.length };
    if (keyword !== 'host' && keyword !== 'match') {
      current.statements.push(statement);
      continue;
    }
    sections.push({ ...current, end: start });
    current = { header: statement, start, statements: [] };
  }
  sections.push({ ...current, end: text.length });
  return sections;
}

/** The number of the line at an offset; offsets come in ascending order. */
function lineCounter(text: string): (offset: number) => number {
  let number = 1;
  let at = 0;
  return (offset) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      number++;
      at = next + 1;
    }
    return number;
  };
}

const TOKEN = /(?:\\['"\\ ]|"(?:\\['"\\]|[^"])*"|'(?:\\['"\\]|[^'])*'|[^ \t])+/g;

/** As ssh splits what follows a keyword: quotes, escapes, and a comment that begins a word. */
export function splitArguments(rest: string): string[] {
  const text = rest.replace(/^"?[ \t]*=?[ \t]*/, '').replace(/[ \t\r\f]+$/, '');
  if (!/["'\\#]/.test(text)) return text === '' ? [] : text.split(/[ \t]+/);
  const words: string[] = [];
  for (const [word] of text.matchAll(TOKEN)) {
    if (word.startsWith('#')) break;
    words.push(word.replace(/\\(['"\\ ])|["']/g, '$1'));
  }
  return words;
}
