// `client check`: which hosts stay connected while nobody types, and where that comes from.
import { CliError, ExitCode } from '../exit-code';
import type { Terminal } from '../terminal';
import { Copies } from './copies';
import { type ConfigFile, readConfiguration } from './configuration';
import { type Effective, type Everything, type Finding, findEffective } from './effective';
import { type Opened, lookupOf, open, readSystem } from './installation';
import { KEEPALIVE, type Keyword, KEYWORDS, secondPass, settings } from './keepalive';
import { type Outcome, outcomesOf } from './match-exec';
import { Classes, allNames, unknownName } from './names';
import { type Platform, thisPlatform } from './platform';
import { printJson, readable } from './report';
import type { CheckRequest } from './request';
import { STRUCTURE } from './ssh-config';
import { sshOf } from './ssh';

/** What drops idle connections: a NAT at home after two minutes at worst, AWS's own NAT and firewalls after 350 seconds. */
const IDLE_LIMITS = [120, 350];

/** What is in force for a name, under one outcome of the commands. */
interface Verdict {
  readonly interval: number;
  readonly countMax: number;
  readonly from: Readonly<Record<string, string>>;
  readonly isOurs: boolean;
  /** Undefined where it is never noticed, or for a wrong reason. */
  readonly noticedAfter: number | undefined;
  readonly survives: Readonly<Record<string, boolean>>;
  readonly remark: string | undefined;
}

/** A host of the answer. */
interface Checked {
  readonly host: string;
  /** Only where the configuration has commands whose outcome decides. */
  readonly ifCommands: Outcome | undefined;
  readonly verdict: Verdict;
}

/** Tells it, and by the exit code whether a host would drop. */
export async function check(
  request: CheckRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const opened = await open(request, platform);
  const everything = read(opened, platform);
  const other = unknownName(everything.user);
  const hosts = request.hosts.length > 0 ? request.hosts : [...namesIn(everything), other];
  requireNames(hosts);
  const checked = await askForAll(everything, hosts, opened, platform);
  const drops = checked.filter(({ verdict }) => Object.values(verdict.survives).includes(false));
  const isOther = (host: string): boolean => host === other && request.hosts.length === 0;
  if (request.json) {
    printJson(
      { file: opened.place.path, hosts: checked.map((one) => asJson(one, isOther(one.host))), drops: drops.length },
      terminal,
    );
  } else {
    terminal.out(table(checked, isOther));
  }
  return drops.length === 0 ? ExitCode.AS_WISHED : ExitCode.DIFFERENT;
}

function read({ place, file }: Opened, platform: Platform): Everything {
  const user = readConfiguration(place.path, file.text ?? '', STRUCTURE, lookupOf(place, platform));
  const system = readSystem(place, platform);
  const readsAgain = secondPass(user) ?? (system && secondPass(system));
  return { user, system, isSliceable: readsAgain === undefined };
}

function namesIn({ user, system }: Everything): string[] {
  return [...new Set([user, ...(system ? [system] : [])].flatMap((file) => allNames(file).names))];
}

function requireNames(hosts: readonly string[]): void {
  const bad = hosts.find((host) => !/^[A-Za-z0-9_[][^\s\0]*$/.test(host));
  if (bad === undefined) return;
  throw new CliError(`A host must be a name as one types it after ssh, got: '${bad}'.`, ExitCode.USAGE);
}

// --- Asking

async function askForAll(
  everything: Everything,
  hosts: readonly string[],
  { place, unmarked }: Opened,
  platform: Platform,
): Promise<Checked[]> {
  const { user, system } = everything;
  const classes = new Classes([...settings(user), ...(system ? settings(system) : [])]);
  const isAlike = everything.isSliceable;
  const keys = new Map(hosts.map((host) => [host, isAlike ? classes.keyOf(host) : host]));
  const representatives = new Map([...keys].reverse().map(([host, key]) => [key, host]));
  const ours = linesOfBlock(user, unmarked.block);
  const copies = new Copies(place);
  try {
    const outcomes = new Set([...outcomesOf(user), ...(system ? outcomesOf(system) : [])]);
    const byOutcome = new Map<Outcome, Map<string, Finding>>();
    for (const outcome of outcomes) {
      const names = [...representatives.values()].reverse();
      byOutcome.set(outcome, await findEffective(everything, names, outcome, copies, sshOf(place, platform)));
    }
    return hosts.flatMap((host) => {
      const representative = representatives.get(keys.get(host) ?? '') ?? host;
      const verdicts = [...byOutcome].map(([outcome, findings]) => ({
        outcome,
        verdict: judge(host, findings.get(representative), user, ours),
      }));
      const [first] = verdicts;
      const areSame = verdicts.every(({ verdict }) => JSON.stringify(verdict) === JSON.stringify(first?.verdict));
      return areSame && first
        ? [{ host, ifCommands: undefined, verdict: first.verdict }]
        : verdicts.map(({ outcome, verdict }) => ({ host, ifCommands: outcome, verdict }));
    });
  } finally {
    copies.remove();
  }
}

/** The numbers of the first and the last line. */
function linesOfBlock({ text }: ConfigFile, block: string | undefined): readonly [number, number] {
  if (block === undefined) return [0, 0];
  const first = text.slice(0, text.indexOf(block)).split('\n').length;
  return [first, first + block.split('\n').length - 1];
}

function judge(
  host: string,
  finding: Finding | undefined,
  user: ConfigFile,
  [firstOfOurs, lastOfOurs]: readonly [number, number],
): Verdict {
  if (!finding || 'refusal' in finding) {
    throw new CliError(
      `ssh refuses the configuration for ${host}:\n${finding ? readable(finding.refusal) : 'no answer'}`,
    );
  }
  const { serveraliveinterval: interval, serveralivecountmax: countMax } = finding;
  const isOurs = ({ source }: Effective): boolean =>
    source !== undefined && source.file === user && source.line >= firstOfOurs && source.line <= lastOfOurs;
  const name = (effective: Effective): string => {
    const { source } = effective;
    return source ? `${source.file.path}:${source.line}` : 'default';
  };
  const kills = interval.value > 0 && countMax.value === 0;
  return {
    interval: interval.value,
    countMax: countMax.value,
    from: Object.fromEntries(KEYWORDS.map((keyword: Keyword) => [KEEPALIVE[keyword], name(finding[keyword])])),
    isOurs: isOurs(interval) && isOurs(countMax),
    noticedAfter: interval.value > 0 && !kills ? interval.value * (countMax.value + 1) : undefined,
    survives: Object.fromEntries(
      IDLE_LIMITS.map((limit) => [limit, interval.value > 0 && interval.value < limit && !kills]),
    ),
    remark: remarkOn(interval.value, kills, firstOfOurs > 0 && !(isOurs(interval) && isOurs(countMax))),
  };
}

function remarkOn(interval: number, kills: boolean, isOverridden: boolean): string | undefined {
  const remarks = [
    ...(kills ? ['ServerAliveCountMax 0 ends healthy sessions at the first interval; set 1 or more'] : []),
    ...(interval === 0 ? ['no keepalive is sent'] : []),
    ...(isOverridden ? ['not from the block of cdk-ssh-keepalive, which stands behind these lines'] : []),
  ];
  return remarks.length > 0 ? remarks.join('; ') : undefined;
}

// --- Telling

function asJson({ host, ifCommands, verdict }: Checked, isOther: boolean): Record<string, unknown> {
  const { interval, countMax, from, isOurs, noticedAfter, survives, remark } = verdict;
  return {
    host,
    anyOtherHost: isOther || undefined,
    ifMatchExec: ifCommands,
    ServerAliveInterval: interval,
    ServerAliveCountMax: countMax,
    from,
    isOurs,
    deadServerNoticedAfter: noticedAfter ?? null,
    survives,
    remark,
  };
}

const NAMES_SHOWN = 3;

/** Hosts that are alike share a line, because there may be thousands. */
function table(checked: readonly Checked[], isOther: (host: string) => boolean): string {
  const groups = new Map<string, Checked[]>();
  for (const one of checked) {
    const key = JSON.stringify([one.ifCommands, one.verdict]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const yes = (survives: boolean | undefined): string => (survives ? 'yes' : 'NO');
  const rows = [...groups.values()].map((group) => {
    const [{ ifCommands, verdict }] = group as [Checked];
    const { interval, countMax, noticedAfter, survives } = verdict;
    const names = group.map(({ host }) => (isOther(host) ? 'any other host' : host));
    const shown =
      names.length > NAMES_SHOWN + 1 ? [...names.slice(0, NAMES_SHOWN), `${names.length - NAMES_SHOWN} more`] : names;
    return {
      cells: [
        shown.join(', ') + (ifCommands ? ` (if Match exec ${ifCommands})` : ''),
        interval === 0 ? 'off' : `${interval} s`,
        `${countMax}`,
        noticedAfter === undefined ? '-' : `${noticedAfter} s`,
        ...IDLE_LIMITS.map((limit) => yes(survives[limit])),
      ],
      verdict,
    };
  });
  const head = ['HOST', 'INTERVAL', 'COUNT MAX', 'DEAD AFTER', ...IDLE_LIMITS.map((limit) => `IDLE ${limit} s`)];
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map(({ cells }) => (cells[i] ?? '').length)));
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const details = ({ from, remark }: Verdict): string[] => {
    const places = KEYWORDS.map((keyword) => `${KEEPALIVE[keyword]}: ${from[KEEPALIVE[keyword]]}`);
    return [`  ${places.join(', ')}`, ...(remark ? [`  ${remark}`] : [])];
  };
  return (
    [format(head), ...rows.flatMap(({ cells, verdict }) => [format(cells), ...details(verdict)])].join('\n') + '\n'
  );
}
