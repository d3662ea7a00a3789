// Reads the verdict of the document's script: its first line of output, and the text below it.
import { oneLine } from '../../shared/printable';

/** The first line of output. */
export interface Verdict {
  readonly verdict: string;
  readonly interval: string;
  readonly countMax: string;
  /** The values before the run, as `0/3`. */
  readonly was: string;
  /** The file that sets the interval. */
  readonly where: string;
  readonly sshd: string;
  readonly reason: string;
  /** The first sentence below it. */
  readonly text: string;
  /** The lines that set other values for some connections, as `FILE:LINE`. */
  readonly overriddenAt: readonly string[];
}

const LINE = new RegExp(
  'cdk-ssh-keepalive verdict=(?<verdict>unchanged|changed|compliant|drifted|removed|failed) ' +
    'interval=(?<interval>\\d{1,10}|-) countmax=(?<countMax>\\d{1,10}|-) was=(?<was>\\d{1,10}/\\d{1,10}|-/-) ' +
    // A later version may add keys at the end.
    'where=(?<where>\\S+) sshd=(?<sshd>\\S+) reason=(?<reason>[a-z-]{1,40})(?: [a-z]{1,20}=\\S{1,200}){0,10}(?=\\n|$)',
);
const MAX_TEXT = 200;
const MAX_PATH = 120;
const MAX_LINES = 5;

/** The verdict at the beginning of what a run printed; undefined without one. */
export function parseOutput(output: string): Verdict | undefined {
  const match = LINE.exec(output);
  return match?.index === 0 ? verdictOf(match, output.slice(match[0].length)) : undefined;
}

/** The verdict in the summary of an association, which begins with counts. */
export function parseSummary(summary: string): Verdict | undefined {
  const match = LINE.exec(summary);
  return match ? verdictOf(match, summary.slice(match.index + match[0].length)) : undefined;
}

function verdictOf({ groups }: RegExpExecArray, rest: string): Verdict {
  const { where = '', sshd = '', ...fields } = groups as Record<string, string>;
  const { verdict = '', interval = '', countMax = '', was = '', reason = '' } = fields;
  // Stderr repeats it; association summaries end in the middle.
  const [text = ''] = rest.split(
    /\n(?:-{10}ERROR-{7}|failed to run commands: |cdk-ssh-keepalive verdict=)|--output truncated--/,
  );
  return {
    verdict,
    interval,
    countMax,
    was,
    reason,
    where: oneLine(where, MAX_PATH),
    sshd: oneLine(sshd, MAX_PATH),
    text: oneLine(text, MAX_TEXT),
    overriddenAt: linesWithOtherValues(text, { interval, countMax }),
  };
}

/** The script lists lines that may hold for some connections only. Those with the values of the verdict override nothing. */
function linesWithOtherValues(text: string, { interval, countMax }: Pick<Verdict, 'interval' | 'countMax'>): string[] {
  if (!text.includes('Match')) return [];
  const desired: Readonly<Record<string, string>> = { interval, countmax: countMax };
  const found: string[] = [];
  for (const [, file = '', line = '', name = '', value = ''] of text.matchAll(
    /^(\/[^\n:]*):(\d+):\s*"?clientalive(interval|countmax)"?[ \t="]+([^\s"]+)/gim,
  )) {
    if (desired[name.toLowerCase()] !== value) found.push(oneLine(`${file}:${line}`, MAX_PATH));
  }
  return found.slice(0, MAX_LINES);
}
