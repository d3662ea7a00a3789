// The options that SshKeepalive and SshKeepaliveMixin have in common.
import type { Duration } from 'aws-cdk-lib';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ComplianceSeverity } from './compliance-severity';
import type { RateLimit } from './rate-limit';
import type { ServerKeepalive } from './server-keepalive';
import type { SshKeepaliveAction } from './ssh-keepalive-action';
import type { SshKeepalivePermissions } from './ssh-keepalive-permissions';

/**
 * The settings, and how they are applied.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-associations.html
 */
export interface SshKeepaliveOptions {
  /**
   * The keepalive settings of sshd.
   *
   * The association applies a change to running instances, and restarts nothing but sshd.
   *
   * @default ServerKeepalive.DEFAULT
   */
  readonly keepalive?: ServerKeepalive;

  /**
   * Whether the settings are applied, checked or removed.
   *
   * First boot of new instances is a constant and does not depend on it.
   *
   * @default SshKeepaliveAction.APPLY
   */
  readonly action?: SshKeepaliveAction;

  /**
   * The permissions that the instances' roles get.
   *
   * @default SshKeepalivePermissions.WORKING_SET
   */
  readonly permissions?: SshKeepalivePermissions;

  /**
   * When the associations run to check for drift and correct it. A rate must be 30 minutes or longer.
   *
   * New and changed associations, and new instances that match, run immediately, unless `applyOnlyAtCronInterval` is set.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
   * @default Schedule.rate(Duration.days(1))
   */
  readonly schedule?: Schedule;

  /**
   * Whether new and changed associations wait for the schedule, which must be a cron expression.
   *
   * @default false
   */
  readonly applyOnlyAtCronInterval?: boolean;

  /**
   * On how many instances the document runs at the same time, at least 1 or 1 %.
   *
   * @default RateLimit.percentage(10)
   */
  readonly maxConcurrency?: RateLimit;

  /**
   * How many errors are allowed before the document is not sent to further instances.
   *
   * @default RateLimit.percentage(10); RateLimit.percentage(100) for SshKeepaliveAction.CHECK, because each instance that has drifted counts as an error
   */
  readonly maxErrors?: RateLimit;

  /**
   * The severity that SSM Compliance reports for an instance with other settings.
   *
   * @default ComplianceSeverity.MEDIUM
   */
  readonly complianceSeverity?: ComplianceSeverity;

  /**
   * Names or ARNs of Change Calendars: the associations run only while all of them are open.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-change-calendar.html
   * @default - none
   */
  readonly calendarNames?: string[];

  /**
   * How long a deployment waits for the document to succeed, 15 seconds to 2 days. The deployment fails when the document fails.
   *
   * Leave it out where the same deployment creates the instances: the time can pass before they have started.
   *
   * @default - a deployment does not wait
   */
  readonly waitForSuccessTimeout?: Duration;

  /**
   * A bucket that keeps the output of every run. Systems Manager itself keeps the first 24,000 characters.
   *
   * The roles that the app creates get the permission to write to it, unless `permissions` is `NONE`. A bucket of another
   * account must allow it as well.
   *
   * @default - only what Systems Manager keeps
   */
  readonly outputBucket?: IBucket;

  /**
   * The prefix of the objects' keys in the output bucket.
   *
   * @default 'cdk-ssh-keepalive'
   */
  readonly outputPrefix?: string;
}
