// What people and programs read about a change of the file.
import { ExitCode } from '../../shared/exit-code';
import type { Terminal } from '../../shared/terminal';
import type { ConfigLocation } from '../file/config-location';
import type { LeftOut, Reason } from '../plan/host-placement';
import type { Plan } from '../plan/plan';
import { describeCondition } from '../ssh-config/condition';
import type { Found } from '../ssh-config/configuration';
import { KEEPALIVE, type Setting, isZero } from '../ssh-config/keepalive';
import { decode } from '../ssh-config/sections';
import type { HostOverride } from '../verify/verify-change';
import type { CommandRequest } from './request';
import { colored, unifiedDiff } from './unified-diff';

/** The diff between two states of the file. */
export function diffOf(path: string, before: string | undefined, after: string | undefined): string {
  return decode(unifiedDiff(Buffer.from(path).toString('latin1'), before, after));
}

/** Prints a diff, colored where the terminal shows colors. */
export function printDiff(diff: string, terminal: Terminal): void {
  terminal.out(terminal.color ? colored(diff) : diff);
}

/** Prints what people should know about the location of the file. */
export function printNotes({ notes }: ConfigLocation, terminal: Terminal): void {
  for (const note of notes) terminal.note(note);
}

/** What programs should know about the location of the file and about lines of the user. */
export function notesOf({ notes }: ConfigLocation, plan: Plan): string[] {
  return [...notes, ...describeEndings(plan)];
}

/** Prints which hosts the change removes. */
export function printRemovedHosts(hosts: readonly string[], terminal: Terminal): void {
  if (hosts.length === 0) return;
  const more = hosts.length > MAX_LINES ? ` and ${hosts.length - MAX_LINES} more` : '';
  terminal.note(
    `Removes ${hosts.length === 1 ? 'host' : 'hosts'} ${hosts.slice(0, MAX_LINES).map(decode).join(', ')}${more}.`,
  );
}

/** The options that name the file, so that a command in a hint is about the same file. */
export function locationOptions({ config, windows }: CommandRequest): string {
  const quoted = config !== undefined && /[^\w./+-]/.test(config) ? `'${config.replaceAll("'", "'\\''")}'` : config;
  return `${windows ? ' --windows' : ''}${quoted === undefined ? '' : ` --config ${quoted}`}`;
}

/** Prints the one document. */
export function printJson(value: unknown, terminal: Terminal): void {
  terminal.out(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** The exit code where the file is as planned: a difference where no block has an effect, and ours is not in force. */
export function exitCodeOf({ blocks, keepalive, leftOut }: Plan): ExitCode {
  if (blocks.length > 0) return ExitCode.OK;
  return keepalive.kind === 'already set' && leftOut.length === 0 ? ExitCode.OK : ExitCode.DIFFERENCE;
}

// --- For people

const OVERRIDE = '--override puts ours first';

/** Prints which lines of the user stay in force, and what of ours is not installed because of them. */
export function printPlan(plan: Plan, terminal: Terminal): void {
  const { keepalive, kept, leftOut, overriddenBy } = plan;
  for (const line of [...describeEffect(plan), ...describeEndings(plan)]) terminal.note(line);
  printList(
    `Your own keepalive values stay in force (${OVERRIDE}):`,
    kept.filter((setting) => !keepalive.lines.includes(setting)).map(describeKept),
    terminal,
  );
  for (const [reason, title] of Object.entries(TITLES) as [Reason, string][]) {
    printList(title, leftOut.filter((one) => one.reason === reason).map(describeLeftOut), terminal);
  }
  printList(
    `Your own lines override these installed hosts (${OVERRIDE}):`,
    overriddenBy.map(describeOverride),
    terminal,
  );
  if (plan.override) {
    terminal.note('The blocks go before your own lines, now and after every later install. To undo: --no-override.');
  }
}

const TITLES: Readonly<Record<Reason, string>> = {
  'same name': `Not installed, because your file has hosts of the same name (${OVERRIDE}):`,
  'your host': `Not installed, because the pattern would change a host of yours (${OVERRIDE}):`,
  'read twice':
    'Not installed, because ssh reads the file twice, the second time with a HostName that the pattern matches:',
  'no effect': `Not installed, because your settings for every host go before it (${OVERRIDE}):`,
};

function describeEffect({ keepalive: { kind, lines } }: Plan): string[] {
  const list = lines.map((line) => `${placeOf(line)}: ${valueOf(line)}`).join(', ');
  switch (kind) {
    case 'installed':
      return [];
    case 'already set':
      return [`Your own lines already set this keepalive for every host: ${list}.`];
    case 'own values':
      return [
        `Your own lines set the keepalive of every host: ${list}.`,
        `Below them our keepalive has no effect (${OVERRIDE}).`,
      ];
    case 'off':
      return [
        `Your own line turns keepalive off for every host: ${list}.`,
        `Below it our keepalive has no effect. Remove that line, or use --override to put ours first.`,
      ];
    case 'ends sessions':
      return [
        `Your own line ends healthy sessions at the first keepalive: ${list}.`,
        'So our keepalive is not installed below it. Remove that line, or use --override to put ours first.',
      ];
  }
}

/** Harmless without keepalive: with it, ssh ends a session that has not answered 0 of them. */
function describeEndings({ keepalive, kept }: Plan): string[] {
  const endings = kept.filter(
    (setting) => setting.keyword === 'serveralivecountmax' && isZero(setting) && !keepalive.lines.includes(setting),
  );
  return endings.map(
    (line) =>
      `${placeOf(line)}: ${valueOf(line)} ends healthy sessions at the first keepalive, for ${describeCondition(line.condition)}. Set 1 or more there.`,
  );
}

function describeKept(setting: Setting): string {
  return `${placeOf(setting)}  ${valueOf(setting)} for ${describeCondition(setting.condition)}`;
}

function describeLeftOut({ pattern, line }: LeftOut): string {
  return `${decode(pattern)}  ${headerPlaceOf(line)}  ${describeCondition(line.condition)}`;
}

function describeOverride({ pattern, line }: HostOverride): string {
  return `${decode(pattern)}  ${placeOf(line)}  ${valueOf(line)} for ${describeCondition(line.condition)}`;
}

const MAX_LINES = 10;

function printList(title: string, lines: readonly string[], terminal: Terminal): void {
  if (lines.length === 0) return;
  terminal.note(title);
  for (const line of lines.slice(0, MAX_LINES)) terminal.note(`  ${line}`);
  if (lines.length > MAX_LINES) terminal.note(`  and ${lines.length - MAX_LINES} more (--json lists all)`);
}

/** Their spelling in ssh_config(5). */
const SPELLING: Readonly<Record<string, string>> = {
  ...KEEPALIVE,
  hostname: 'HostName',
  user: 'User',
  port: 'Port',
  identityfile: 'IdentityFile',
  proxycommand: 'ProxyCommand',
  proxyjump: 'ProxyJump',
};

const spellingOf = ({ keyword }: Found): string => SPELLING[keyword] ?? keyword;
const placeOf = ({ file, line }: Found): string => `${file.path}:${line}`;
const valueOf = (line: Found): string => `${spellingOf(line)} ${decode(line.args.join(' '))}`;

/** Where the Host or Match line is, which is what names the host. */
function headerPlaceOf({ file, line, condition }: Found): string {
  return `${file.path}:${condition.at(-1)?.line ?? line}`;
}

// --- For programs

/** The same for programs. */
export function planAsJson({ keepalive, kept, leftOut, overriddenBy, override }: Plan): Record<string, unknown> {
  return {
    keepalive: keepalive.kind,
    kept: kept.map(lineAsJson),
    leftOut: leftOut.map(({ pattern, reason, line }) => ({
      host: decode(pattern),
      reason,
      file: line.file.path,
      line: line.condition.at(-1)?.line ?? line.line,
    })),
    overriddenBy: overriddenBy.map(({ pattern, line }) => ({ host: decode(pattern), ...lineAsJson(line) })),
    override,
  };
}

function lineAsJson(line: Found): Record<string, unknown> {
  return {
    keyword: spellingOf(line),
    value: decode(line.args.join(' ')),
    file: line.file.path,
    line: line.line,
    for: describeCondition(line.condition),
  };
}
