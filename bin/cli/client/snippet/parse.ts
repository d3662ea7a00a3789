// Text from the network or a file as a Snippet. ssh_config can run commands, so this takes nothing but what lib/client
// renders itself; whatever else is there, the whole text is refused. Knows nothing of where the text came from.
import { type BoundedText, bounded } from '../../../../lib/client/bounded-text';
import type { Host } from '../../../../lib/client/host-block';
import { instanceConnectEndpointCommand, sessionManagerCommand } from '../../../../lib/client/proxy-command';
import {
  ALIAS,
  HOST_NAME,
  IDENTITY_FILE,
  PROFILE,
  REGION,
  USER,
  type ValueRule,
  quote,
  requirePort,
  requireValue,
} from '../../../../lib/client/ssh-config-value';
import { MAX_COUNT, MAX_INTERVAL_SECONDS, ZERO_SERVER_ALIVE_COUNT } from '../../../../lib/keepalive-limits';
import { CliError } from '../../shared/exit-code';
import type { Snippet } from './snippet';

/** Some 300 hosts. What is larger is something else. */
export const MAX_SNIPPET_BYTES = 64 * 1024;

/** ssh 7.4 gives up at 1,023. */
const MAX_LINE_BYTES = 1022;

type Values = Partial<Omit<Host, 'patterns'> & Pick<Snippet, 'interval' | 'countMax'>>;
type Reader = (value: string, keyword: string) => Values;

/** A `Host` line and what stands below it. */
interface Section {
  readonly patterns: readonly string[];
  readonly values: Values;
  readonly seen: Set<string>;
}

const HOST_KEYWORDS: Readonly<Record<string, Reader>> = {
  HostName: (value, keyword) => ({ hostName: bounded(checked(HOST_NAME, value, keyword)) }),
  User: (value, keyword) => ({ user: checked(USER, value, keyword) }),
  Port: (value, keyword) => ({ port: port(value, keyword) }),
  IdentityFile: (value, keyword) => ({ identityFile: checked(IDENTITY_FILE, unquoted(value), keyword) }),
  ProxyCommand: (value) => ({ proxyCommand: proxyCommand(value) }),
};

const KEEPALIVE_KEYWORDS: Readonly<Record<string, Reader>> = {
  ServerAliveInterval: (value, keyword) => ({ interval: within(value, keyword, MAX_INTERVAL_SECONDS) }),
  ServerAliveCountMax: (value, keyword) => ({ countMax: within(value, keyword, MAX_COUNT, ZERO_SERVER_ALIVE_COUNT) }),
};

/** Keywords that people may expect to pass, by what is wrong with them. */
const DANGEROUS: Readonly<Record<string, string>> = {
  include: 'reads other files, which nobody has looked at',
  knownhostscommand: 'runs a command',
  localcommand: 'runs a command',
  match: 'can run commands',
  permitlocalcommand: 'lets commands run',
};

/**
 * The snippet that the text is.
 *
 * @throws CliError with the line and the reason, when the text is anything else than what lib/client could have rendered
 */
export function parse(text: string, origin: string): Snippet {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SNIPPET_BYTES) {
    throw new CliError(`${origin}: a snippet has at most ${MAX_SNIPPET_BYTES} bytes, and this has ${bytes}.`);
  }
  const sections: Section[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    try {
      readLine(line, sections);
    } catch (error) {
      throw new CliError(`${origin}, line ${index + 1}: ${(error as Error).message}`);
    }
  }
  return assemble(sections, origin);
}

function readLine(line: string, sections: Section[]): void {
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
    throw new Error(`a line has at most ${MAX_LINE_BYTES} bytes, and this has ${Buffer.byteLength(line)}.`);
  }
  refuseCharacter(line, /[^\P{Cc}\t]/u, 'is a control character');
  const content = line.trim();
  if (content === '' || content.startsWith('#')) return;
  refuseCharacter(line, /[^\t -~]/u, 'is not ASCII');

  const [, word = '', value = ''] = /^(\S+)[ \t]*(.*)$/.exec(content) ?? [];
  if (word.toLowerCase() === 'host') sections.push(section(value, sections));
  else readValue(word, value, sections.at(-1));
}

function refuseCharacter(line: string, pattern: RegExp, why: string): void {
  const found = pattern.exec(line);
  if (!found) return;
  const code = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  throw new Error(`U+${code} at column ${found.index + 1} ${why}.`);
}

function section(value: string, above: readonly Section[]): Section {
  const patterns = value.split(/[ \t]+/).filter((pattern) => pattern !== '');
  if (patterns.length === 0) throw new Error('Host has no name.');
  if (above.some(isForAll)) throw new Error("nothing may stand below the block 'Host *', which is for every host.");
  if (value !== '*') {
    for (const pattern of patterns) requireValue(`the alias ${excerpt(pattern)}`, pattern, ALIAS);
    const double = patterns.find((pattern) => above.some((other) => other.patterns.includes(pattern)));
    if (double) throw new Error(`the alias ${quote(double)} is given twice; ssh would mix both blocks.`);
  }
  return { patterns, values: {}, seen: new Set() };
}

function isForAll({ patterns }: Section): boolean {
  return patterns[0] === '*';
}

function readValue(word: string, value: string, current: Section | undefined): void {
  const [keyword, reader] = find({ ...HOST_KEYWORDS, ...KEEPALIVE_KEYWORDS }, word);
  if (!current) throw new Error(`${keyword} stands above the first Host line.`);
  const allowed = isForAll(current) ? KEEPALIVE_KEYWORDS : HOST_KEYWORDS;
  if (!(keyword in allowed)) {
    const block = isForAll(current) ? "the block 'Host *'" : 'the block of a host';
    throw new Error(`${keyword} is not allowed in ${block}. Allowed: ${Object.keys(allowed).join(', ')}.`);
  }
  if (current.seen.has(keyword)) throw new Error(`${keyword} is given twice; ssh would take the first.`);
  if (value === '') throw new Error(`${keyword} has no value, and ssh refuses a file with such a line.`);
  current.seen.add(keyword);
  Object.assign(current.values, reader(value, keyword));
}

function find(readers: Readonly<Record<string, Reader>>, word: string): [string, Reader] {
  const found = Object.entries(readers).find(([keyword]) => keyword.toLowerCase() === word.toLowerCase());
  if (found) return found;
  const danger = DANGEROUS[word.toLowerCase()];
  const why = danger ? `${danger} and is never allowed` : 'is not an allowed keyword';
  throw new Error(
    `${excerpt(word)} ${why}; a snippet holds only Host, ${Object.keys(readers).join(', ')}, each followed by a space ` +
      'and its value. Put what you trust into your own part of ~/.ssh/config.',
  );
}

function checked(rule: ValueRule, value: string, keyword: string): string {
  requireValue(keyword, value, rule);
  return value;
}

function port(value: string, keyword: string): number {
  const number = digits(value, keyword);
  requirePort(keyword, number);
  return number;
}

function digits(value: string, keyword: string): number {
  if (/^(0|[1-9][0-9]{0,9})$/.test(value)) return Number(value);
  throw new Error(`${keyword} must be a whole number in plain digits, got: ${excerpt(value)}.`);
}

function within(value: string, keyword: string, max: number, why = 'ssh then sends nothing'): number {
  const number = digits(value, keyword);
  if (number === 0) throw new Error(`${keyword} must be at least 1, got: 0 (${why}).`);
  if (number > max) throw new Error(`${keyword} must be at most ${max}, got: ${number}.`);
  return number;
}

/** ssh reads a path with a space only in quotes. */
function unquoted(value: string): string {
  const inside = /^"([^"]*)"$/.exec(value)?.[1];
  if (inside === undefined && value.includes(' ')) {
    throw new Error(`IdentityFile with a space in it needs quotes, got: ${excerpt(value)}.`);
  }
  return inside ?? value;
}

/** What a shell will read: accepted only when lib/client, given the same region and profile, writes the same text. */
function proxyCommand(value: string): BoundedText {
  if (value === 'none') return bounded(value);
  const [, region, profile] = / --region (\S+)(?: --profile (\S+))?$/.exec(value) ?? [];
  if (region !== undefined) {
    requireValue('the region in ProxyCommand', region, REGION);
    if (profile !== undefined) requireValue('the profile in ProxyCommand', profile, PROFILE);
    for (const command of [sessionManagerCommand, instanceConnectEndpointCommand]) {
      const ours = command(bounded(region), profile);
      if (ours.text === value) return ours;
    }
  }
  throw new Error(
    `ProxyCommand is run by a shell, and this one is none of those that cdk-ssh-keepalive writes for Session Manager and ` +
      `EC2 Instance Connect Endpoints, got: ${excerpt(value)}.`,
  );
}

function assemble(sections: readonly Section[], origin: string): Snippet {
  const last = sections.at(-1);
  const { interval, countMax } = last?.values ?? {};
  if (!last || !isForAll(last) || interval === undefined || countMax === undefined) {
    throw new CliError(
      `${origin}: the end must be a block 'Host *' with ServerAliveInterval and ServerAliveCountMax, and it is not there. ` +
        'The text was cut off, or it is no snippet of cdk-ssh-keepalive.',
    );
  }
  const hosts = sections.slice(0, -1).map(({ patterns, values }) => ({ patterns, ...values }));
  return { hosts, interval, countMax, origin };
}

/** For people, on one line and not too long. */
function excerpt(value: string): string {
  return quote(value.length > 100 ? `${value.slice(0, 100)}...` : value);
}
