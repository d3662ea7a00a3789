// The context values of the deployable app. Knows nothing about what is built from them.
import { Duration } from 'aws-cdk-lib';
import { ClientKeepalive, ServerKeepalive, SshKeepaliveAction, SshKeepaliveTarget } from '../lib';
import { quote } from '../lib/client/ssh-config-value';
import { MAX_COUNT, MAX_INTERVAL_SECONDS } from '../lib/keepalive-limits';
import { didYouMean } from '../lib/validation/did-you-mean';

/** The settings of the app. */
export interface Settings {
  /** The instances, by tag and ids. */
  readonly targets: SshKeepaliveTarget[];
  /** The keepalive settings of sshd. */
  readonly serverKeepalive: ServerKeepalive;
  /** The keepalive settings of ssh. */
  readonly clientKeepalive: ClientKeepalive;
  /** What the associations do. */
  readonly action: SshKeepaliveAction;
  /** A small instance for a trial. */
  readonly demoInstance?: 'al2' | 'al2023';
}

/** A context value that is unknown or invalid. */
export class ContextError extends Error {}

/** With these the outputs of the stack keep within CloudFormation's limit of 1,024 characters. */
const MAX_INSTANCE_IDS = 500;

const MEANINGS: Record<string, string> = {
  tag: 'key=value, the tag of the instances (default ssh-keepalive=true, or none if instanceIds is set)',
  instanceIds: `ids of instances, separated by commas, at most ${MAX_INSTANCE_IDS} (default none)`,
  interval: `ClientAliveInterval of sshd, whole seconds from 1 to ${MAX_INTERVAL_SECONDS} (default 60)`,
  countMax: `ClientAliveCountMax of sshd, a whole number from 1 to ${MAX_COUNT} (default 120)`,
  clientInterval: `ServerAliveInterval of ssh, whole seconds from 1 to ${MAX_INTERVAL_SECONDS} (default 60)`,
  clientCountMax: `ServerAliveCountMax of ssh, a whole number from 1 to ${MAX_COUNT} (default 5)`,
  action: 'apply, check or remove (default apply)',
  demoInstance: 'al2023 or al2, adds a small instance for a trial (default none)',
};

const SECONDS = `whole seconds from 1 to ${MAX_INTERVAL_SECONDS}`;
const COUNT = `a whole number from 1 to ${MAX_COUNT}`;

/** What a value must be, for errors. */
const RULES: Record<string, string> = {
  tag: 'the key and the value of a tag as key=value',
  instanceIds: 'ids of instances, separated by commas',
  interval: SECONDS,
  countMax: COUNT,
  clientInterval: SECONDS,
  clientCountMax: COUNT,
  action: 'apply, check or remove',
  demoInstance: 'al2023 or al2',
};

/** Valid values, for errors. */
const EXAMPLES: Record<string, string> = {
  tag: 'ssh-keepalive=true',
  instanceIds: 'i-0123456789abcdef0',
  interval: '60',
  countMax: '120',
  clientInterval: '60',
  clientCountMax: '5',
  action: 'check',
  demoInstance: 'al2023',
};

/** Names that the values are mistaken for. */
const RENAMED: Record<string, string> = { ensure: 'action' };

const ACTIONS: Record<string, SshKeepaliveAction> = {
  apply: SshKeepaliveAction.APPLY,
  check: SshKeepaliveAction.CHECK,
  remove: SshKeepaliveAction.REMOVE,
};

const DEMO_INSTANCES: Record<string, Settings['demoInstance']> = { '': undefined, al2: 'al2', al2023: 'al2023' };

/** Keys of the CDK CLI itself. Those of feature flags and lookups contain an @ or a colon. */
const CDK_CLI_KEYS = ['acknowledged-issue-numbers', 'cli-telemetry'];

/** @throws {ContextError} when a key is unknown or a value is invalid */
export function readSettings(context: Record<string, unknown>): Settings {
  for (const key of Object.keys(context)) refuseUnknown(key);
  const text = (key: string): string | undefined => readText(key, context[key]);
  const seconds = (key: string): Duration | undefined => {
    const value = readNumber(key, text(key), MAX_INTERVAL_SECONDS);
    return value === undefined ? undefined : Duration.seconds(value);
  };
  const count = (key: string): number | undefined => readNumber(key, text(key), MAX_COUNT);
  return {
    targets: readTargets(text('tag'), text('instanceIds')),
    serverKeepalive: ServerKeepalive.of({ interval: seconds('interval'), countMax: count('countMax') }),
    clientKeepalive: ClientKeepalive.of({ interval: seconds('clientInterval'), countMax: count('clientCountMax') }),
    action: readChoice('action', text('action') ?? 'apply', ACTIONS),
    demoInstance: readChoice('demoInstance', text('demoInstance') ?? '', DEMO_INSTANCES),
  };
}

/** Values of -c are strings, those of cdk.json may be numbers. */
function readText(key: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw malformed(key, JSON.stringify(value));
}

function readTargets(tag: string | undefined, instanceIds: string | undefined): SshKeepaliveTarget[] {
  const targets: SshKeepaliveTarget[] = [];
  if (tag !== undefined || instanceIds === undefined) {
    const [, key, value] = /^([^=]+)=(.+)$/s.exec(tag ?? 'ssh-keepalive=true') ?? [];
    if (!key || !value) throw malformed('tag', tag ?? '');
    targets.push(orContextError('tag', () => SshKeepaliveTarget.tag(key, value)));
  }
  if (instanceIds !== undefined) {
    const ids = new Set(instanceIds.split(/ *, */));
    if (ids.size > MAX_INSTANCE_IDS) {
      throw new ContextError(
        `Context value instanceIds: must be at most ${MAX_INSTANCE_IDS} ids, got: ${ids.size}. Use a tag for that many instances.`,
      );
    }
    targets.push(orContextError('instanceIds', () => SshKeepaliveTarget.instanceIds(...ids)));
  }
  return targets;
}

function orContextError<T>(key: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const rule = error.message.replace(/^SshKeepaliveTarget\.\w+: /, '');
    throw new ContextError(`Context value ${key}: ${rule}. ${exampleOf(key)}`);
  }
}

function refuseUnknown(key: string): void {
  if (Object.hasOwn(MEANINGS, key) || /[@:]/.test(key) || CDK_CLI_KEYS.includes(key)) return;
  const suggestion = Object.hasOwn(RENAMED, key) ? RENAMED[key] : didYouMean(key, Object.keys(MEANINGS));
  const known = Object.entries(MEANINGS).map(([name, meaning]) => `  ${name}: ${meaning}`);
  throw new ContextError(
    `Unknown context value ${quote(key)} (from -c, cdk.json or ~/.cdk.json). ` +
      `${suggestion ? `Did you mean '${suggestion}'? ` : ''}Known values:\n${known.join('\n')}`,
  );
}

function malformed(key: string, value: string): ContextError {
  return new ContextError(`Context value ${key}: must be ${RULES[key]}, got: ${quote(value)}. ${exampleOf(key)}`);
}

function exampleOf(key: string): string {
  return `For example: -c ${key}=${EXAMPLES[key]}`;
}

function readNumber(key: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < 1 || value > max) throw malformed(key, text);
  return value;
}

function readChoice<T>(key: string, text: string, choices: Record<string, T>): T {
  if (!Object.hasOwn(choices, text)) throw malformed(key, text);
  return choices[text] as T;
}
