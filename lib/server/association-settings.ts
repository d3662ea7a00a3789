// The settings that all associations of a construct share. Checks the limits of State Manager, most of which neither
// synthesis nor CloudFormation checks.
import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ComplianceSeverity } from '../settings/compliance-severity';
import { RateLimit } from '../settings/rate-limit';
import { ServerKeepalive } from '../settings/server-keepalive';
import { SshKeepaliveAction } from '../settings/ssh-keepalive-action';
import type { SshKeepaliveOptions } from '../settings/ssh-keepalive-options';
import { SshKeepalivePermissions } from '../settings/ssh-keepalive-permissions';
import {
  type Shape,
  invalid,
  requireBoolean,
  requireDuration,
  requireEnum,
  requireList,
  requireString,
  requireType,
} from '../validation/checks';

const KNOWN_OPTIONS: readonly (keyof SshKeepaliveOptions)[] = [
  'keepalive',
  'action',
  'permissions',
  'schedule',
  'applyOnlyAtCronInterval',
  'maxConcurrency',
  'maxErrors',
  'complianceSeverity',
  'calendarNames',
  'waitForSuccessTimeout',
  'outputBucket',
  'outputPrefix',
];

/** In errors. */
const KEEPALIVE = 'ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 3 })';

/** The options of an SshKeepalive, with the names that they are mistaken for. */
export const OPTIONS_SHAPE: Shape = {
  known: KNOWN_OPTIONS,
  renamed: {
    server: 'keepalive',
    ensure: 'action',
    calendars: 'calendarNames',
    waitForSuccess: 'waitForSuccessTimeout',
    output: 'outputBucket',
    bucket: 'outputBucket',
    prefix: 'outputPrefix',
    severity: 'complianceSeverity',
    target: 'targets',
  },
  hints: {
    instances: 'Use targets: [SshKeepaliveTarget.existingInstance(instance)].',
    instance: 'Use targets: [SshKeepaliveTarget.existingInstance(instance)].',
    ...Object.fromEntries(
      ['interval', 'countMax', 'clientAliveInterval', 'clientAliveCountMax'].map((name) => [
        name,
        `Use keepalive: ${KEEPALIVE}.`,
      ]),
    ),
  },
};

/** Where the agents write the output of a run, with the role of their instance. */
export interface OutputLocation {
  /** The bucket. */
  readonly bucket: IBucket;
  /** The prefix of the objects' keys. */
  readonly prefix: string;
}

/** What all associations of a construct have in common, in the form of CloudFormation. */
export interface AssociationSettings {
  /** The document's parameter `Action`. */
  readonly action: SshKeepaliveAction;
  /** ClientAliveInterval in seconds. */
  readonly interval: string;
  /** ClientAliveCountMax. */
  readonly countMax: string;
  /** `rate(...)` or `cron(...)`. */
  readonly scheduleExpression: string;
  /** Whether a new or changed association waits for its schedule. */
  readonly applyOnlyAtCronInterval?: boolean;
  /** On how many instances it runs at the same time: a number or a percentage. */
  readonly maxConcurrency: string;
  /** How many errors are allowed: a number or a percentage. */
  readonly maxErrors: string;
  /** The severity of non-compliance. */
  readonly complianceSeverity: string;
  /** Names or ARNs of Change Calendars that must be open. */
  readonly calendarNames?: string[];
  /** How long the deployment waits for the instances. */
  readonly waitForSuccessTimeoutSeconds?: number;
  /** Where the output is kept. */
  readonly output?: OutputLocation;
}

/** @throws when an option is of another type, or one that State Manager would refuse; `where` is the construct's path */
export function associationSettings(where: string, options: SshKeepaliveOptions): AssociationSettings {
  const {
    keepalive = ServerKeepalive.DEFAULT,
    action = SshKeepaliveAction.APPLY,
    permissions = SshKeepalivePermissions.WORKING_SET,
    complianceSeverity = ComplianceSeverity.MEDIUM,
    maxConcurrency = RateLimit.percentage(10),
    maxErrors = RateLimit.percentage(action === SshKeepaliveAction.CHECK ? 100 : 10),
    calendarNames,
    waitForSuccessTimeout,
  } = options;
  requireServerKeepalive(where, 'keepalive', keepalive);
  requireEnum(where, 'action', action, 'SshKeepaliveAction', SshKeepaliveAction);
  requireEnum(where, 'permissions', permissions, 'SshKeepalivePermissions', SshKeepalivePermissions);
  requireEnum(where, 'complianceSeverity', complianceSeverity, 'ComplianceSeverity', ComplianceSeverity);
  requireRateLimit(where, 'maxConcurrency', maxConcurrency, 1);
  requireRateLimit(where, 'maxErrors', maxErrors, 0);
  if (calendarNames !== undefined) requireNames(where, 'calendarNames', calendarNames);
  if (waitForSuccessTimeout !== undefined) requireTimeout(where, waitForSuccessTimeout);
  return {
    action,
    interval: Tokenization.stringifyNumber(keepalive.interval.toSeconds()),
    countMax: Tokenization.stringifyNumber(keepalive.countMax),
    ...scheduleOf(where, options),
    maxConcurrency: maxConcurrency.expressionString,
    maxErrors: maxErrors.expressionString,
    complianceSeverity,
    calendarNames,
    waitForSuccessTimeoutSeconds: waitForSuccessTimeout?.toSeconds(),
    output: outputOf(where, options),
  };
}

/** @throws unless it is a ServerKeepalive */
export function requireServerKeepalive(where: string, name: string, value: unknown): void {
  requireType(where, name, value, ServerKeepalive.isServerKeepalive(value), 'ServerKeepalive', KEEPALIVE);
}

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 24 * 60 };

function scheduleOf(
  where: string,
  { schedule = Schedule.rate(Duration.days(1)), applyOnlyAtCronInterval }: SshKeepaliveOptions,
): Pick<AssociationSettings, 'scheduleExpression' | 'applyOnlyAtCronInterval'> {
  const expression = (schedule as Partial<Schedule> | null)?.expressionString;
  if (typeof expression !== 'string') {
    throw invalid(where, 'schedule', 'must be a Schedule, for example Schedule.rate(Duration.days(1))', schedule);
  }
  if (applyOnlyAtCronInterval !== undefined) requireBoolean(where, 'applyOnlyAtCronInterval', applyOnlyAtCronInterval);
  const settings = { scheduleExpression: expression, applyOnlyAtCronInterval };
  if (Token.isUnresolved(expression)) return settings;
  if (!/^(rate|cron|at)\(.+\)$/.test(expression)) {
    throw new Error(`${where}: schedule must be a rate(...), cron(...) or at(...) expression, got: ${expression}`);
  }
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate && Number(rate[1]) * (MINUTES[rate[2] ?? ''] ?? 0) < 30) {
    throw new Error(`${where}: schedule must be a rate of 30 minutes or longer, got: ${expression}`);
  }
  // The field for seconds is optional.
  const [, month = '*'] = /^cron\((?:\S+ )?\S+ \S+ \S+ (\S+) \S+ \S+\)$/.exec(expression) ?? [];
  if (month !== '*') {
    throw new Error(
      `${where}: schedule must be a cron expression without months, which State Manager does not support, got: ${expression}`,
    );
  }
  if (applyOnlyAtCronInterval && !expression.startsWith('cron(')) {
    throw new Error(
      `${where}: applyOnlyAtCronInterval requires a schedule that is a cron expression, got: ${expression}`,
    );
  }
  return settings;
}

function requireRateLimit(where: string, name: string, value: RateLimit, min: number): void {
  const example = 'RateLimit.count(5) or RateLimit.percentage(10)';
  requireType(where, name, value, RateLimit.isRateLimit(value), 'RateLimit', example);
  const { expressionString } = value;
  if (Token.isUnresolved(expressionString) || parseInt(expressionString, 10) >= min) return;
  throw new Error(`${where}: ${name} must be at least ${min} or ${min}%, got: ${expressionString}`);
}

function requireNames(where: string, name: string, value: unknown): void {
  if (Token.isUnresolved(value)) return;
  requireList(where, name, value, 'string');
  value.forEach((item, i) => requireString(where, `${name}[${i}]`, item));
}

function requireTimeout(where: string, timeout: Duration): void {
  const name = 'waitForSuccessTimeout';
  requireDuration(where, name, timeout);
  if (timeout.isUnresolved()) return;
  const seconds = timeout.toSeconds({ integral: false });
  if (Number.isInteger(seconds) && seconds >= 15 && seconds <= 172_800) return;
  throw new Error(`${where}: ${name} must be whole seconds from 15 to 172800 (2 days), got: ${seconds} seconds`);
}

function outputOf(
  where: string,
  { outputBucket: bucket, outputPrefix: prefix }: SshKeepaliveOptions,
): OutputLocation | undefined {
  if (prefix !== undefined) requireString(where, 'outputPrefix', prefix, [1, 500]);
  if (bucket === undefined) {
    if (prefix === undefined) return undefined;
    throw invalid(where, 'outputBucket', 'is required with outputPrefix', bucket);
  }
  if (typeof (bucket as Partial<IBucket> | null)?.arnForObjects !== 'function') {
    throw invalid(where, 'outputBucket', 'must be a Bucket', bucket);
  }
  return { bucket, prefix: prefix ?? 'cdk-ssh-keepalive' };
}
