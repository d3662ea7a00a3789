// Where our block goes, and what stands in it, so that the first value that ssh finds is the right one: our hosts before
// the user's general settings, the user's own keepalive before ours. Judges by the text; ssh has the last word elsewhere.
import { bounded } from '../../../../lib/client/bounded-text';
import { type Host, block, hostBlock } from '../../../../lib/client/host-block';
import { CliError } from '../../shared/exit-code';
import type { Snippet } from '../snippet/snippet';
import { describeCondition, hostPatterns, isUniversal } from '../ssh-config/condition';
import type { ConfigFile } from '../ssh-config/configuration';
import {
  KEEPALIVE,
  KEYWORDS,
  type Keyword,
  type Setting,
  isForEverybody,
  secondPass,
  settings,
} from '../ssh-config/keepalive';
import { putIn } from './marked-block';
import { type LeftOut, compareHosts } from './host-conflicts';
import { readable } from '../ssh-config/sections';

/** What install would do. */
export interface Plan {
  /** The file with our block. */
  readonly text: string;
  readonly block: string;
  /** Where the block begins, in the file without it. */
  readonly at: number;
  /** Whether the block ends the file. */
  readonly isLast: boolean;
  /** Our hosts as they stand in the block. */
  readonly hosts: readonly Host[];
  /** Our names that are left to the user's own sections. */
  readonly leftOut: readonly LeftOut[];
  /** The user's keepalive values, all of which stay in force. */
  readonly kept: readonly Setting[];
}

/** ssh 7.4 cuts a line at 1,023 bytes. */
const MAX_LINE = 1000;

/** Plans it for a file without our block. `system` is what ssh reads after it. */
export function planBlock(
  root: ConfigFile,
  isAbsent: boolean,
  system: ConfigFile | undefined,
  snippet: Snippet,
  override: boolean,
): Plan {
  const all = settings(root);
  const values = { serveraliveinterval: snippet.interval, serveralivecountmax: snippet.countMax };
  const named = override ? { hosts: snippet.hosts, leftOut: [], before: 0 } : compareHosts(root, snippet.hosts);
  const section = named.before === undefined ? undefined : root.sections[named.before];
  const below = override ? [] : all.filter((setting) => named.before !== undefined && setting.section >= named.before);
  if (!override) requireOneValue(root, system, all);

  const hosts = named.hosts.map((host) => hostBlock(host).text);
  const blocks = [...hosts, ...keepaliveBlocks(values, below)];
  // Lines above the first Host or Match are for every host, and would be for our last one only.
  const mustClose = section !== undefined && !section.header && !blocks.at(-1)?.startsWith('Host *\n');
  const lines = [...blocks, ...(mustClose ? ['Host *\n'] : [])].join('\n').trimEnd().split('\n');
  requireShortLines(root, lines);
  const at = section === undefined ? root.text.length : section.header ? aboveComments(root.text, section.start) : 0;
  return {
    ...putIn(isAbsent ? undefined : root.text, at, lines),
    at,
    isLast: section === undefined,
    hosts: named.hosts,
    leftOut: named.leftOut,
    kept: override ? [] : all,
  };
}

/** The comment right above a section belongs to it. */
function aboveComments(text: string, start: number): number {
  let at = start;
  while (at > 0) {
    const previous = text.lastIndexOf('\n', at - 2) + 1;
    if (!/^[ \t]*#/.test(text.slice(previous, at))) break;
    at = previous;
  }
  return at;
}

// --- Keepalive for all hosts for which the user has none below

/** For whom a keyword of ours must not be, because the user has a value below. */
interface Exclusion {
  readonly isForNobody: boolean;
  readonly except: readonly string[];
  /** Names that the one section with exceptions does not mean, and so ours does. */
  readonly readmitted: readonly string[];
  readonly exceptOfReadmitted: readonly string[];
}

function keepaliveBlocks(values: Readonly<Record<Keyword, number>>, below: readonly Setting[]): string[] {
  const blocks = KEYWORDS.map((keyword) => {
    const { isForNobody, except, readmitted, exceptOfReadmitted } = exclusion(
      keyword,
      below.filter((setting) => setting.keyword === keyword),
    );
    const setting = `  ${KEEPALIVE[keyword]} ${values[keyword]}\n`;
    const negated = (patterns: readonly string[]): string[] => patterns.map((pattern) => `!${pattern}`);
    const header = (patterns: readonly string[]): string => block(patterns, {}).text;
    return {
      setting,
      headers: [
        ...(readmitted.length > 0 ? [header([...readmitted, ...negated(exceptOfReadmitted)])] : []),
        ...(isForNobody ? [] : [header(['*', ...negated(except)])]),
      ],
    };
  });
  const [interval, countMax] = blocks;
  if (!interval || !countMax) return [];
  if (interval.headers.join() === countMax.headers.join()) {
    return interval.headers.map((header) => header + interval.setting + countMax.setting);
  }
  return blocks.flatMap(({ headers, setting }) => headers.map((header) => header + setting));
}

function exclusion(keyword: Keyword, below: readonly Setting[]): Exclusion {
  if (below.some(({ condition }) => isForEverybody(condition))) {
    return { isForNobody: true, except: [], readmitted: [], exceptOfReadmitted: [] };
  }
  const sections = new Map(below.map((setting) => [setting.condition.at(-1), setting]));
  const patterns = [...sections.values()].map((setting) => {
    const [header, ...more] = setting.condition.filter((header) => !isUniversal(header));
    const found = header && more.length === 0 ? hostPatterns(header) : undefined;
    if (!found) throw cannotKeep(keyword, setting, 'depends on more than one Host line can say');
    return found;
  });
  const withExceptions = patterns.filter(({ negative }) => negative.length > 0);
  const readmitted = withExceptions[0]?.negative ?? [];
  const others = patterns.filter((found) => found !== withExceptions[0]);
  const [last] = below.slice(-1);
  if (last && withExceptions.length > 1) {
    throw cannotKeep(keyword, last, 'is one of several sections with exceptions (!)');
  }
  const except = [...new Set(patterns.flatMap(({ positive }) => positive))];
  return {
    isForNobody: except.some((pattern) => /^\*+$/.test(pattern)),
    except,
    readmitted,
    exceptOfReadmitted: [...new Set(others.flatMap(({ positive }) => positive))],
  };
}

function cannotKeep(keyword: Keyword, { file, line, args, condition }: Setting, why: string): CliError {
  return new CliError(
    `${file.path}:${line} sets ${KEEPALIVE[keyword]} ${readable(args.join(' '))} for '${describeCondition(condition)}', which ${why}, ` +
      'so your value cannot be kept below the hosts that are to be installed. Nothing was changed. --override puts ours first, ' +
      'or move those lines above your general settings.',
  );
}

/** What ssh reads again, with another name, it would find already set by us. */
function requireOneValue(root: ConfigFile, system: ConfigFile | undefined, all: readonly Setting[]): void {
  const again = secondPass(root) ?? (system && secondPass(system));
  if (!again) return;
  for (const keyword of KEYWORDS) {
    const those = all.filter((setting) => setting.keyword === keyword);
    const [setting] = those;
    if (!setting || those.some(({ condition }) => isForEverybody(condition))) continue;
    throw new CliError(
      `${again.file.path}:${again.line} makes ssh read the configuration twice, the second time with another name. ` +
        `${setting.file.path}:${setting.line} sets ${KEEPALIVE[keyword]} for '${describeCondition(setting.condition)}', and where that ` +
        'holds the second time only, ssh would keep ours instead. Nothing was changed. --override puts ours first, or set ' +
        `${KEEPALIVE[keyword]} for Host * yourself.`,
    );
  }
}

function requireShortLines(root: ConfigFile, lines: readonly string[]): void {
  const long = lines.find((line) => line.length > MAX_LINE);
  if (long === undefined) return;
  throw new CliError(
    `${root.path} has so many keepalive values of its own below its general settings that a Host line which spares them would have ` +
      `${long.length} bytes; ssh before 7.5 takes 1023. Nothing was changed. --override puts ours first, or move those hosts ` +
      'above the general settings.',
  );
}

/** For the check against ssh: ours as the last word, which is what the user's own values must win over. */
export function keepaliveForAll({ interval, countMax }: Snippet): string {
  const values = { ServerAliveInterval: bounded(`${interval}`), ServerAliveCountMax: bounded(`${countMax}`) };
  return block(['*'], values).text;
}
