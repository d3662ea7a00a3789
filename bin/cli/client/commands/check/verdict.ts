// What the effective settings of a host mean for a connection that is idle.
import { KEEPALIVE, KEYWORDS, type Keyword } from '../../ssh-config/keepalive';
import type { ConfigFile } from '../../ssh-config/configuration';
import { decode } from '../../ssh-config/sections';
import type { Effective, Finding } from '../../verify/effective';
import type { Outcome } from '../../verify/match-exec';

/** Idle timeouts that every host should survive: the strictest home routers, and NAT gateways of AWS. */
export const REQUIRED_LIMITS = [120, 350];

/** And one that load balancers, network interfaces and firewalls can be set to: with an interval of 60 s it is a race. */
export const IDLE_LIMITS = [60, ...REQUIRED_LIMITS];

/** Where a value comes from. */
export interface Origin {
  /** Undefined for the default of ssh. */
  readonly file: string | undefined;
  readonly line: number;
}

/** The settings of a host, and what they mean. */
export interface Verdict {
  readonly interval: number;
  readonly countMax: number;
  readonly from: Readonly<Record<Keyword, Origin>>;
  /** Whether both values come from the block of cdk-ssh-keepalive. */
  readonly isOurs: boolean;
  /** Whether a line of the user's own, which goes before ours, makes sessions drop. */
  readonly isOwnLine: boolean;
  /** Seconds; undefined where a dead server is never detected, or a healthy one is dropped. */
  readonly deadPeerDroppedAfter: number | undefined;
  /** By idle timeout in seconds. */
  readonly survives: Readonly<Record<number, boolean>>;
  readonly remark: string | undefined;
}

/** ssh does not accept the configuration for this host. */
export interface Refusal {
  readonly refusal: string;
}

/** A row of the result. */
export interface Checked {
  readonly host: string;
  /** Only where the outcome of a Match exec decides. */
  readonly ifCommands: Outcome | undefined;
  readonly verdict: Verdict | Refusal;
}

/** Whether the row makes the exit code 1: a required limit is not survived, or ssh refuses the host. */
export function isBad({ verdict }: Checked): boolean {
  return 'refusal' in verdict || REQUIRED_LIMITS.some((limit) => !verdict.survives[limit]);
}

/** The first and the last line of the block; zeros without one. */
export function linesOfBlock({ text }: ConfigFile, block: string | undefined): readonly [number, number] {
  if (block === undefined) return [0, 0];
  const first = text.slice(0, text.indexOf(block)).split('\n').length;
  return [first, first + block.split('\n').length - 1];
}

/** Judges what is in force for a host. */
export function judge(
  finding: Finding,
  user: ConfigFile,
  system: ConfigFile | undefined,
  [firstOfOurs, lastOfOurs]: readonly [number, number],
): Verdict | Refusal {
  if ('refusal' in finding) return { refusal: withoutNoise(decode(finding.refusal)) };
  const { serveraliveinterval, serveralivecountmax } = finding;
  const [interval, countMax] = [serveraliveinterval.value, serveralivecountmax.value];
  const isInBlock = ({ source }: Effective): boolean =>
    source?.file === user && source.line >= firstOfOurs && source.line <= lastOfOurs;
  const isOwn = (effective: Effective): boolean =>
    effective.source !== undefined && effective.source.file !== system && !isInBlock(effective);
  const isOurs = isInBlock(serveraliveinterval) && isInBlock(serveralivecountmax);
  const endsSessions = interval > 0 && countMax === 0;
  const survives = (limit: number): boolean => interval > 0 && interval < limit && !endsSessions;
  return {
    interval,
    countMax,
    from: {
      serveraliveinterval: originOf(serveraliveinterval),
      serveralivecountmax: originOf(serveralivecountmax),
    },
    isOurs,
    isOwnLine: !REQUIRED_LIMITS.every(survives) && isOwn(endsSessions ? serveralivecountmax : serveraliveinterval),
    deadPeerDroppedAfter: interval > 0 && !endsSessions ? interval * (countMax + 1) : undefined,
    survives: Object.fromEntries(IDLE_LIMITS.map((limit) => [limit, survives(limit)])),
    remark: remarkOn(
      interval,
      endsSessions,
      firstOfOurs > 0 ? KEYWORDS.filter((keyword) => isOwn(finding[keyword])) : [],
    ),
  };
}

/** Printed by `ssh -G` up to at least 9.2 because stdin is not a terminal. */
function withoutNoise(refusal: string): string {
  return refusal.replace(/^Pseudo-terminal will not be allocated.*\n/m, '');
}

function originOf({ source }: Effective): Origin {
  return source ? { file: source.file.path, line: source.line } : { file: undefined, line: 0 };
}

/** `overriding`: the keywords whose value comes from the user's own lines instead of the block. */
function remarkOn(interval: number, endsSessions: boolean, overriding: readonly Keyword[]): string | undefined {
  const [first, second] = overriding;
  const remarks = [
    ...(endsSessions ? ['ServerAliveCountMax 0 ends healthy sessions at the first interval; set 1 or more'] : []),
    ...(interval === 0 ? ['no keepalive is sent'] : []),
    ...(first && second ? ['your own lines override the block of cdk-ssh-keepalive'] : []),
    ...(first && !second ? [`your own ${KEEPALIVE[first]} overrides the block of cdk-ssh-keepalive`] : []),
  ];
  return remarks.length > 0 ? remarks.join('; ') : undefined;
}

/** The row for programs. */
export function asJson(
  { host, ifCommands, verdict }: Checked,
  label: string,
  isOther: boolean,
): Record<string, unknown> {
  const row = { host: isOther ? host : label, anyOtherHost: isOther || undefined, ifMatchExec: ifCommands };
  if ('refusal' in verdict) return { ...row, refusal: verdict.refusal };
  const { interval, countMax, from, isOurs, deadPeerDroppedAfter, survives, remark } = verdict;
  const name = ({ file, line }: Origin): string => (file === undefined ? 'default' : `${file}:${line}`);
  return {
    ...row,
    ServerAliveInterval: interval,
    ServerAliveCountMax: countMax,
    from: Object.fromEntries(KEYWORDS.map((keyword) => [KEEPALIVE[keyword], name(from[keyword])])),
    isOurs,
    deadPeerDroppedAfter: deadPeerDroppedAfter ?? null,
    survives,
    remark,
  };
}
