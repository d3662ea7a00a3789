// What is in force for a host, what it means for a connection on which nobody types, and how that is told.
import { CliError } from '../../shared/exit-code';
import type { ConfigFile } from '../ssh-config/configuration';
import type { Effective, Finding } from '../verify/effective';
import { KEEPALIVE, KEYWORDS } from '../ssh-config/keepalive';
import type { Outcome } from '../verify/match-exec';
import { readable } from '../ssh-config/sections';

/** What drops idle connections: a NAT at home after two minutes at worst, AWS's own NAT and firewalls after 350 seconds. */
const IDLE_LIMITS = [120, 350];

/** What is in force for a name, under one outcome of the commands. */
export interface Verdict {
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
export interface Checked {
  readonly host: string;
  /** Only where the configuration has commands whose outcome decides. */
  readonly ifCommands: Outcome | undefined;
  readonly verdict: Verdict;
}

/** The numbers of the first and the last line. */
export function linesOfBlock({ text }: ConfigFile, block: string | undefined): readonly [number, number] {
  if (block === undefined) return [0, 0];
  const first = text.slice(0, text.indexOf(block)).split('\n').length;
  return [first, first + block.split('\n').length - 1];
}

/** What it means for a host. */
export function judge(
  host: string,
  finding: Finding,
  user: ConfigFile,
  [firstOfOurs, lastOfOurs]: readonly [number, number],
): Verdict {
  if ('refusal' in finding) {
    throw new CliError(`ssh refuses the configuration for ${host}:\n${readable(finding.refusal)}`);
  }
  const { serveraliveinterval: interval, serveralivecountmax: countMax } = finding;
  const isOurs = ({ source }: Effective): boolean =>
    source?.file === user && source.line >= firstOfOurs && source.line <= lastOfOurs;
  const name = (effective: Effective): string => {
    const { source } = effective;
    return source ? `${source.file.path}:${source.line}` : 'default';
  };
  const kills = interval.value > 0 && countMax.value === 0;
  return {
    interval: interval.value,
    countMax: countMax.value,
    from: Object.fromEntries(KEYWORDS.map((keyword) => [KEEPALIVE[keyword], name(finding[keyword])])),
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
    ...(isOverridden ? ['these lines win over the block of cdk-ssh-keepalive'] : []),
  ];
  return remarks.length > 0 ? remarks.join('; ') : undefined;
}

// --- Telling

/** For programs. */
export function asJson(
  { host, ifCommands, verdict }: Checked,
  label: string,
  isOther: boolean,
): Record<string, unknown> {
  const { interval, countMax, from, isOurs, noticedAfter, survives, remark } = verdict;
  return {
    host: isOther ? host : label,
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
export function table(checked: readonly Checked[], labelOf: (host: string) => string): string {
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
    const names = group.map(({ host }) => labelOf(host));
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
