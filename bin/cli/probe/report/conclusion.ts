// What a measurement means for the sessions of its user.
import { ExitCode } from '../../shared/exit-code';
import type { SshSettings } from '../connections/ssh-settings';
import type { DirectionResult, Measurement } from '../measurement/measure';
import type { TestResult } from '../schedule/results';
import { type Hop, hopOf } from './hops';

/** Interrupted by Ctrl-C, as a shell reports it. */
const INTERRUPTED = 130;

const MOST_RECOMMENDED = 60;

/**
 * What was found. `limit`: a hop forgets or ends idle connections. `closed`: the server closes idle sessions, by a rule of its own.
 * `none`: no limit up to the longest silence. `keepalives`: the server keeps the connections alive. `unknown`: it ended before.
 */
export type Finding = 'limit' | 'closed' | 'none' | 'keepalives' | 'unknown';

/** Keepalive settings: whole seconds, and a count. */
export type Settings = Pick<SshSettings, 'interval' | 'countMax'>;

/** The meaning. */
export interface Conclusion {
  readonly finding: Finding;
  /** The direction with the shortest limit. */
  readonly shortest: (DirectionResult & { readonly upper: number }) | undefined;
  /** Halfway between the ends of its bracket, in seconds. */
  readonly limit: number | undefined;
  readonly hop: Hop | undefined;
  /** In seconds: half the limit, and at most 60. */
  readonly recommendedInterval: number;
  /** Whether sessions with the present settings survive; undefined where there are no settings, or no answer. */
  readonly survives: boolean | undefined;
  readonly exitCode: number;
}

/** Draws the conclusion; the settings are those of the user's ssh for this host, if it was measured over ssh. */
export function conclude(measurement: Measurement, settings: Settings | undefined): Conclusion {
  const shortest = shortestOf(measurement);
  const finding = findingOf(measurement, shortest);
  const survives = survival(finding, shortest, settings);
  const limit = shortest && (shortest.lower + shortest.upper) / 2;
  return {
    finding,
    shortest,
    limit,
    hop: shortest && finding === 'limit' ? hopOf(shortest) : undefined,
    recommendedInterval: Math.min(MOST_RECOMMENDED, Math.max(1, Math.round((limit ?? Infinity) / 2))),
    survives,
    exitCode: exitCodeOf(measurement, finding, survives),
  };
}

/** In a measurement that something broke off, a session that ended by itself may have ended for that reason. */
function shortestOf({ directions, end }: Measurement): Conclusion['shortest'] {
  const found = directions.flatMap((one) => (one.upper === undefined ? [] : [{ ...one, upper: one.upper }]));
  const [shortest] = found.sort((a, b) => a.upper - b.upper);
  const isBrokenOff = end !== 'complete' && end !== 'interrupted';
  return shortest && isBrokenOff && droppedAtLimit(shortest).some(({ whileSilent }) => whileSilent)
    ? undefined
    : shortest;
}

function droppedAtLimit({ tests, lower }: DirectionResult): TestResult[] {
  return tests.filter(({ age, outcome }) => outcome !== 'alive' && age >= lower);
}

function findingOf({ directions, max, end }: Measurement, shortest: Conclusion['shortest']): Finding {
  if (shortest) {
    return droppedAtLimit(shortest).some(({ outcome }) => outcome === 'closed') ? 'closed' : 'limit';
  }
  if (directions.some(({ keepaliveInterval }) => keepaliveInterval > 0)) return 'keepalives';
  return end === 'complete' && directions.every(({ lower }) => lower >= max) ? 'none' : 'unknown';
}

function survival(
  finding: Finding,
  shortest: Conclusion['shortest'],
  settings: Settings | undefined,
): boolean | undefined {
  if (finding === 'unknown') return undefined;
  if (!settings) return finding === 'none' ? true : undefined;
  const { interval, countMax } = settings;
  if (interval > 0 && countMax === 0) return false;
  if (!shortest) return true;
  return finding === 'limit' && interval > 0 && interval < shortest.lower;
}

function exitCodeOf({ end }: Measurement, finding: Finding, survives: boolean | undefined): number {
  if (end === 'interrupted') return INTERRUPTED;
  if (finding === 'unknown') return ExitCode.FAILED;
  const isKept = survives ?? (finding === 'none' || finding === 'keepalives');
  return isKept ? ExitCode.OK : ExitCode.DIFFERENCE;
}
