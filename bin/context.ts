// The context values that set up the deployable app. Knows nothing about what is built from them.
import { Duration } from 'aws-cdk-lib';
import { ClientKeepalive, Ensure, ServerKeepalive, SshKeepaliveTarget } from '../lib';

/** What the app is to build. */
export interface Settings {
  /** The instances, by tag and ids. */
  readonly targets: SshKeepaliveTarget[];
  /** What sshd is told. */
  readonly server: ServerKeepalive;
  /** What ssh is told. */
  readonly client: ClientKeepalive;
  /** Whether the settings are to hold on the instances. */
  readonly ensure: Ensure;
  /** A small instance to try it on. */
  readonly demoInstance?: 'al2' | 'al2023';
}

/** A context value that the app does not understand. */
export class ContextError extends Error {}

const MEANINGS: Record<string, string> = {
  tag: 'key=value of the instances to reach (default ssh-keepalive=true, or none when instanceIds is given)',
  instanceIds: 'ids of instances to reach, separated by commas (default none)',
  interval: 'ClientAliveInterval of sshd, in seconds (default 60)',
  countMax: 'ClientAliveCountMax of sshd (default 120)',
  clientInterval: 'ServerAliveInterval of ssh, in seconds (default 60)',
  clientCountMax: 'ServerAliveCountMax of ssh (default 5)',
  ensure: 'present, absent or check-only (default present)',
  demoInstance: 'al2023 or al2: adds a small instance to try it on (default none)',
};

const ENSURES: Record<string, Ensure> = {
  present: Ensure.PRESENT,
  absent: Ensure.ABSENT,
  'check-only': Ensure.CHECK_ONLY,
};

const DEMO_INSTANCES: Record<string, Settings['demoInstance']> = { '': undefined, al2: 'al2', al2023: 'al2023' };

/** Keys that the CDK CLI itself writes beside the feature flags and look-ups, whose keys hold an @ or a colon. */
const OF_THE_CLI = ['acknowledged-issue-numbers', 'cli-telemetry'];

/** @throws {ContextError} when a key is unknown or a value malformed */
export function readSettings(context: Record<string, unknown>): Settings {
  for (const key of Object.keys(context)) refuseUnknown(key);
  const text = (key: string): string | undefined => readText(key, context[key]);
  return {
    targets: readTargets(text('tag'), text('instanceIds')),
    server: orContextError('interval or countMax', () =>
      ServerKeepalive.of({
        interval: readSeconds('interval', text('interval')),
        countMax: readNumber('countMax', text('countMax')),
      }),
    ),
    client: orContextError('clientInterval or clientCountMax', () =>
      ClientKeepalive.of({
        interval: readSeconds('clientInterval', text('clientInterval')),
        countMax: readNumber('clientCountMax', text('clientCountMax')),
      }),
    ),
    ensure: readChoice('ensure', text('ensure') ?? 'present', ENSURES),
    demoInstance: readChoice('demoInstance', text('demoInstance') ?? '', DEMO_INSTANCES),
  };
}

/** From -c values arrive as text, from cdk.json also as numbers. */
function readText(key: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw malformed(key, JSON.stringify(value));
}

function readTargets(tag: string | undefined, ids: string | undefined): SshKeepaliveTarget[] {
  const targets: SshKeepaliveTarget[] = [];
  if (tag !== undefined || ids === undefined) {
    const [, key, value] = /^([^=]+)=(.+)$/.exec(tag ?? 'ssh-keepalive=true') ?? [];
    if (!key || !value) throw malformed('tag', tag ?? '');
    targets.push(orContextError('tag', () => SshKeepaliveTarget.tag(key, value)));
  }
  if (ids !== undefined) {
    targets.push(orContextError('instanceIds', () => SshKeepaliveTarget.instanceIds(...new Set(ids.split(/ *, */)))));
  }
  return targets;
}

function orContextError<T>(keys: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ContextError || !(error instanceof Error)) throw error;
    throw new ContextError(`Context value ${keys}: ${error.message}`);
  }
}

function refuseUnknown(key: string): void {
  if (Object.hasOwn(MEANINGS, key) || /[@:]/.test(key) || OF_THE_CLI.includes(key)) return;
  const known = Object.entries(MEANINGS).map(([name, meaning]) => `  ${name}: ${meaning}`);
  throw new ContextError(
    `Unknown context value '${key}' (from -c, cdk.json or ~/.cdk.json). Known are:\n${known.join('\n')}`,
  );
}

function malformed(key: string, value: string): ContextError {
  return new ContextError(`Context value ${key}: ${MEANINGS[key]}, got: '${value}'`);
}

function readNumber(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw malformed(key, text);
  return Number(text);
}

function readSeconds(key: string, text: string | undefined): Duration | undefined {
  const seconds = readNumber(key, text);
  return seconds === undefined ? undefined : Duration.seconds(seconds);
}

function readChoice<T>(key: string, text: string, choices: Record<string, T>): T {
  if (!Object.hasOwn(choices, text)) throw malformed(key, text);
  return choices[text] as T;
}
