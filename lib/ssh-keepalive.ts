// The construct: joins the document, its associations, the instances' roles and tags, and first boot.
import { Annotations, Duration, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, DependencyGroup, type IConstruct } from 'constructs';
import { ComplianceSeverity } from './compliance-severity';
import { Ensure } from './ensure';
import { intervalTooLong } from './keepalive-values';
import { type AssociationRun, Associations } from './server/association';
import { claimMachines, claimTarget, conflicts } from './server/claims';
import { type DocumentAction, addDocument } from './server/document';
import { addFirstBoot } from './server/first-boot';
import { InstancePermissions, type OutputPlace } from './server/instance-permissions';
import type { Machines } from './server/machines';
import { checkRateControl, checkSchedule, checkWaitForSuccess } from './server/run-limits';
import { ServerKeepalive } from './server-keepalive';
import { SshKeepalivePermissions } from './ssh-keepalive-permissions';
import type { SshKeepaliveTarget } from './ssh-keepalive-target';

/** A bucket that keeps the output of every run. Systems Manager by itself keeps its first 24,000 characters. */
export interface SshKeepaliveOutput {
  /**
   * The bucket. The roles of targeted instances are allowed to write to it; one of another account must allow it as well.
   */
  readonly bucket: IBucket;

  /**
   * What the objects' keys begin with.
   *
   * @default 'cdk-ssh-keepalive'
   */
  readonly prefix?: string;
}

/** What is applied, and how carefully. */
export interface SshKeepaliveOptions {
  /**
   * What sshd is told: 60 seconds and 120 times unless said otherwise.
   *
   * A change reaches running instances through the association alone: nothing is restarted but sshd.
   *
   * @default ServerKeepalive.DEFAULT
   */
  readonly server?: ServerKeepalive;

  /**
   * Whether the settings are to hold, to be gone, or only to be watched.
   *
   * First boot of new instances is a constant and does not depend on it.
   *
   * @default Ensure.PRESENT
   */
  readonly ensure?: Ensure;

  /**
   * What the instances' roles are given.
   *
   * @default SshKeepalivePermissions.WORKING_SET
   */
  readonly permissions?: SshKeepalivePermissions;

  /**
   * When drift is looked for and corrected. Rates must be 30 minutes or longer.
   *
   * New and changed associations, and new instances that match, run at once in any case, unless `applyOnlyAtCronInterval`.
   *
   * @default Schedule.rate(Duration.days(1))
   */
  readonly schedule?: Schedule;

  /**
   * Whether new and changed associations wait for the schedule, which must then be a cron expression.
   *
   * @default false
   */
  readonly applyOnlyAtCronInterval?: boolean;

  /**
   * On how many instances the document runs at a time: a number or a percentage.
   *
   * @default '10%'
   */
  readonly maxConcurrency?: string;

  /**
   * After how many failures no further instance is tried: a number or a percentage.
   *
   * @default '10%', and '100%' for Ensure.CHECK_ONLY, where each drifted instance counts as a failure
   */
  readonly maxErrors?: string;

  /**
   * How SSM Compliance rates an instance where the settings do not hold.
   *
   * @default ComplianceSeverity.MEDIUM
   */
  readonly complianceSeverity?: ComplianceSeverity;

  /**
   * Names or ARNs of Change Calendars: the association runs only while all of them are open.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-change-calendar.html
   * @default - none
   */
  readonly calendars?: string[];

  /**
   * How long a deployment waits for the script to succeed, 15 seconds to 2 days. It fails when the script fails.
   *
   * Leave it off where the same deployment creates the instances: it can pass before they have booted.
   *
   * @default - a deployment does not wait
   */
  readonly waitForSuccess?: Duration;

  /**
   * A bucket that keeps the output of every run.
   *
   * @default - only what Systems Manager keeps
   */
  readonly output?: SshKeepaliveOutput;
}

/** What an `SshKeepalive` applies, to what, and how carefully. */
export interface SshKeepaliveProps extends SshKeepaliveOptions {
  /** The instances. */
  readonly targets: SshKeepaliveTarget[];
}

const ACTIONS: Record<Ensure, DocumentAction> = {
  [Ensure.PRESENT]: 'Apply',
  [Ensure.ABSENT]: 'Remove',
  [Ensure.CHECK_ONLY]: 'Check',
};

/**
 * Keeps idle SSH sessions to EC2 instances connected.
 *
 * It adds one SSM document, one State Manager association for each key that the targets have, and one policy: the number
 * of resources does not depend on the number of instances.
 */
export class SshKeepalive extends Construct {
  /** The key of the tag by which the associations reach instances of the app. */
  public static readonly TAG_KEY = 'cdk-ssh-keepalive';

  /** The value of that tag: the names of the stack and of this construct. */
  public readonly tagValue: string;

  /** The name of the SSM document, for Run Command. A new version of this library gives a new one. */
  public readonly documentName: string;

  private readonly permissions: InstancePermissions;
  private readonly associations: Associations;
  /** What the first run must find. */
  private readonly before = new DependencyGroup();
  private readonly waits: boolean;
  private reachesByTag = false;

  /**
   * @throws when a property is out of its range, or a target cannot be configured, or is reached by another SshKeepalive
   */
  constructor(scope: Construct, id: string, props: SshKeepaliveProps) {
    super(scope, id);
    if (!Array.isArray(props.targets) || props.targets.length === 0) {
      throw new Error(`${this.node.path}: targets must be a list of at least one SshKeepaliveTarget, got: none`);
    }
    const output = props.output && { bucket: props.output.bucket, prefix: props.output.prefix ?? 'cdk-ssh-keepalive' };
    const server = props.server ?? ServerKeepalive.DEFAULT;
    this.waits = props.waitForSuccess !== undefined;
    this.tagValue = tagValueOf(this);
    this.permissions = new InstancePermissions(this, props.permissions ?? SshKeepalivePermissions.WORKING_SET, output);
    const run = runOf(props, server, output);
    this.documentName = addDocument(this, 'Document').ref;
    this.associations = new Associations(this, this.documentName, run, this.before);
    this.warnOfLongInterval(server);
    for (const target of props.targets) this.addTarget(target);
  }

  /**
   * Applies it to one more target.
   *
   * @throws when the target cannot be configured, or is reached already
   */
  public addTarget(target: SshKeepaliveTarget): void {
    const { machines, firstBoot } = target._reach;
    if (machines) this.take(machines);
    if (machines && firstBoot) this.giveFirstBoot(machines, firstBoot);
    const reached = target._reach.target ?? machines?.target;
    if (reached) {
      claimTarget(this, reached);
      this.associations.reach(reached);
    } else {
      this.reachByTag();
    }
  }

  private take(machines: Machines): void {
    this.requireSamePlace(machines);
    claimMachines(this, machines);
    this.node.addValidation({ validate: () => conflicts(this, machines) });
    const policy = this.permissions.permit(machines);
    if (policy) this.waitFor(policy);
    // There is nothing to wait for before there are instances.
    if (this.waits) this.waitFor(machines.construct);
    // On the instance alone: Tags.of() would tag its role, profile and security group as well.
    if (!machines.target) machines.tags?.setTag(SshKeepalive.TAG_KEY, this.tagValue);
  }

  private giveFirstBoot(machines: Machines, firstBoot: ServerKeepalive): void {
    addFirstBoot(machines, firstBoot);
    this.warnOfLongInterval(firstBoot);
    if (machines.rolls === undefined) return;
    Annotations.of(this).addWarningV2(
      'cdk-ssh-keepalive:SshKeepalive.firstBootRolls',
      `First boot changes the user data of the ${machines.kind} ${machines.construct.node.path}. ${machines.rolls} ` +
        'Leave firstBoot out, and the association sets up running and new instances without that; or acknowledge this.',
    );
  }

  private reachByTag(): void {
    if (this.reachesByTag) return;
    this.reachesByTag = true;
    const own = { key: `tag:${SshKeepalive.TAG_KEY}`, values: [this.tagValue] };
    claimTarget(this, own);
    this.associations.reach(own);
  }

  /** Not across stacks: they must be free to be deployed in any order, and a run that was too early is repeated. */
  private waitFor(construct: IConstruct): void {
    if (Stack.of(construct) === Stack.of(this)) this.before.add(construct);
  }

  private requireSamePlace({ kind, construct }: Machines): void {
    for (const what of ['account', 'region'] as const) {
      const [here, there] = [Stack.of(this)[what], Stack.of(construct)[what]];
      if (here === there || Token.isUnresolved(here) || Token.isUnresolved(there)) continue;
      throw new Error(
        `${this.node.path}: the ${kind} ${construct.node.path} is in the ${what} ${there}, but an association reaches only ` +
          `its own, ${here}. Add an SshKeepalive to ${Stack.of(construct).node.path}.`,
      );
    }
  }

  private warnOfLongInterval(keepalive: ServerKeepalive): void {
    const warning = intervalTooLong('ClientAliveInterval', keepalive.interval);
    if (warning) Annotations.of(this).addWarningV2('cdk-ssh-keepalive:SshKeepalive.intervalTooLong', warning);
  }
}

function runOf(props: SshKeepaliveOptions, server: ServerKeepalive, output?: OutputPlace): AssociationRun {
  const ensure = props.ensure ?? Ensure.PRESENT;
  // JavaScript does not check it, and nobody would notice an association without an action.
  if (!Object.hasOwn(ACTIONS, ensure)) {
    throw new Error(`ensure must be one of ${Object.keys(ACTIONS).join(', ')}, got: '${String(ensure)}'`);
  }
  const scheduleExpression = (props.schedule ?? Schedule.rate(Duration.days(1))).expressionString;
  const maxConcurrency = props.maxConcurrency ?? '10%';
  const maxErrors = props.maxErrors ?? (ensure === Ensure.CHECK_ONLY ? '100%' : '10%');
  checkSchedule(scheduleExpression, props.applyOnlyAtCronInterval ?? false);
  checkRateControl('maxConcurrency', maxConcurrency);
  checkRateControl('maxErrors', maxErrors);
  if (props.waitForSuccess) checkWaitForSuccess(props.waitForSuccess);
  return {
    action: ACTIONS[ensure],
    interval: Tokenization.stringifyNumber(server.interval.toSeconds()),
    countMax: Tokenization.stringifyNumber(server.countMax),
    scheduleExpression,
    applyOnlyAtCronInterval: props.applyOnlyAtCronInterval,
    maxConcurrency,
    maxErrors,
    complianceSeverity: props.complianceSeverity ?? ComplianceSeverity.MEDIUM,
    calendarNames: props.calendars,
    waitForSuccessTimeoutSeconds: props.waitForSuccess?.toSeconds(),
    outputLocation: output && {
      outputS3BucketName: output.bucket.bucketName,
      outputS3KeyPrefix: output.prefix,
    },
  };
}

const MAX_TAG_VALUE = 256;

/** The names of the stack, which is one of a kind in its account and region, and of the construct in it. */
function tagValueOf(construct: Construct): string {
  const stack = Stack.of(construct);
  const path = construct.node.path.slice(stack.node.path.length).replace(/[^\w .:/=+@-]/g, '-');
  const value = `${stack.stackName}${stack.node.path ? path : `/${path}`}`;
  if (!Token.isUnresolved(value) && value.length > MAX_TAG_VALUE) {
    throw new Error(
      `${construct.node.path}: the tag on its instances would have ${value.length} characters, '${value}', but EC2 takes ` +
        `${MAX_TAG_VALUE}. Give it, or what it stands in, a shorter id.`,
    );
  }
  return value;
}
