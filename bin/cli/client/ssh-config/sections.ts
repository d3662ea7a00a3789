// The sections of a configuration, by OpenSSH's own rules: a line is a keyword, whitespace or one `=`, and arguments that
// may be quoted; case does not matter. Lines of other keywords are skipped, whatever is in them (IgnoreUnknown).
// Text is latin1, so that every byte is a character and stays what it is.

/** The bytes of a file as Unicode text. */
export function decode(text: string): string {
  return Buffer.from(text, 'latin1').toString();
}

/** A line of one of the keywords. Its words and its number are computed on first use, because that takes time. */
export class Statement {
  private words: readonly string[] | undefined;

  public constructor(
    /** In lower case. */
    public readonly keyword: string,
    /** Where the line begins. */
    public readonly start: number,
    /** Where it ends, without the line end. */
    public readonly end: number,
    /** What follows the keyword, as it stands. */
    public readonly rest: string,
    private readonly lines: LineNumbers,
  ) {}

  /** The words in it. */
  public get args(): readonly string[] {
    return (this.words ??= splitArguments(this.rest));
  }

  /** Counts from 1. */
  public get line(): number {
    return this.lines.at(this.start);
  }
}

/** From a Host or Match line, or the beginning of the file, to the next one. */
export interface Section {
  /** The Host or Match line; the lines above the first one have none and count for every host. */
  readonly header: Statement | undefined;
  readonly start: number;
  readonly end: number;
  /** The lines of the keywords that were given. */
  readonly statements: readonly Statement[];
}

/** The keywords that set keepalive, or decide what ssh reads and how often. */
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
  const lines = new LineNumbers(text);
  const sections: Section[] = [];
  let header: Statement | undefined;
  let start = 0;
  let statements: Statement[] = [];
  for (let found = line.exec(text); found; found = line.exec(text)) {
    const [whole, name = '', rest = ''] = found;
    const keyword = name.replaceAll('"', '').toLowerCase();
    const statement = new Statement(keyword, found.index, found.index + whole.length, rest, lines);
    if (keyword !== 'host' && keyword !== 'match') {
      statements.push(statement);
      continue;
    }
    sections.push({ header, start, end: found.index, statements });
    header = statement;
    start = found.index;
    statements = [];
  }
  sections.push({ header, start, end: text.length, statements });
  return sections;
}

/** The numbers of lines, counted once, on first use. */
class LineNumbers {
  private starts: number[] | undefined;

  public constructor(private readonly text: string) {}

  public at(offset: number): number {
    const starts = (this.starts ??= this.count());
    let low = 0;
    for (let high = starts.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private count(): number[] {
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
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
