// The limits that State Manager sets to when and how an association runs, most of which neither synthesis nor
// CloudFormation checks.
import { type Duration, Token } from 'aws-cdk-lib';

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 24 * 60 };

/** @throws when State Manager would refuse the schedule, or ignore what goes with it */
export function checkSchedule(expression: string, applyOnlyAtCronInterval: boolean): void {
  // JavaScript does not check it, and an association without a schedule would run once.
  if (typeof expression !== 'string') {
    throw new Error('schedule must be a Schedule, for example Schedule.rate(Duration.days(1))');
  }
  if (Token.isUnresolved(expression)) return;
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate && Number(rate[1]) * (MINUTES[rate[2] ?? ''] ?? 0) < 30) {
    throw new Error(`schedule: State Manager takes rates of 30 minutes or longer, got: ${expression}`);
  }
  // Seconds may stand before the minutes.
  const [, month = '*'] = /^cron\((?:\S+ )?\S+ \S+ \S+ (\S+) \S+ \S+\)$/.exec(expression) ?? [];
  if (month !== '*') {
    throw new Error(`schedule: State Manager takes no months in a cron expression, got: ${expression}`);
  }
  if (applyOnlyAtCronInterval && !expression.startsWith('cron(')) {
    throw new Error(`applyOnlyAtCronInterval needs a schedule that is a cron expression, got: ${expression}`);
  }
}

/** @throws unless `value` is a number of instances or a percentage of them */
export function checkRateControl(name: 'maxConcurrency' | 'maxErrors', value: string): void {
  const least = name === 'maxConcurrency' ? 1 : 0;
  const [, digits, percent] = /^(0|[1-9]\d{0,6})(%)?$/.exec(value) ?? [];
  const number = Number(digits);
  if (Token.isUnresolved(value) || (number >= least && (!percent || number <= 100))) return;
  throw new Error(
    `${name} must be a number of instances, ${least} or more, or a percentage from ${least}% to 100%, got: '${value}'`,
  );
}

/** @throws unless State Manager can wait so long */
export function checkWaitForSuccess(wait: Duration): void {
  if (wait.isUnresolved()) return;
  const seconds = wait.toSeconds({ integral: false });
  if (Number.isInteger(seconds) && seconds >= 15 && seconds <= 172_800) return;
  throw new Error(`waitForSuccess must be whole seconds between 15 and 172800 (2 days), got: ${seconds} seconds`);
}
