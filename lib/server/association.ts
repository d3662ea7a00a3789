// State Manager associations: which instances run the document, when, and how many at a time.
import { Lazy, Token } from 'aws-cdk-lib';
import { CfnAssociation } from 'aws-cdk-lib/aws-ssm';
import type { Construct, IDependable } from 'constructs';
import type { DocumentAction } from './document';

/** State Manager takes at most so many values for one target. */
const MAX_VALUES = 50;

/** What a reviewer reads: associations have no description of their own. */
const PURPOSES: Record<DocumentAction, string> = {
  Apply: 'Sets the keepalive of sshd on these instances, on new ones when they appear, and again by the schedule.',
  Check: 'Reports the instances whose sshd has another keepalive as failed, and changes nothing.',
  Remove: 'Takes the keepalive that was set out of sshd again.',
};

/** The instances that one association is for. */
export interface AssociationTarget {
  /** `InstanceIds`, or `tag:` and the key of a tag: State Manager allows one tag key per association. */
  readonly key: string;
  /** The ids, or the tag's values. */
  readonly values: string[];
}

/** What all associations of one construct have in common. */
export interface AssociationRun {
  /** What its script is told to do. */
  readonly action: DocumentAction;
  /** ClientAliveInterval in seconds. */
  readonly interval: string;
  /** ClientAliveCountMax. */
  readonly countMax: string;
  /** `rate(...)` or `cron(...)`. */
  readonly scheduleExpression: string;
  /** Whether a new or changed association waits for its schedule. */
  readonly applyOnlyAtCronInterval?: boolean;
  /** How many instances at a time: a number or a percentage. */
  readonly maxConcurrency: string;
  /** After how many failures no further instance is tried: a number or a percentage. */
  readonly maxErrors: string;
  /** How SSM Compliance rates a failure. */
  readonly complianceSeverity: string;
  /** Names or ARNs of Change Calendars that must be open. */
  readonly calendarNames?: string[];
  /** How long the deployment waits for the instances. */
  readonly waitForSuccessTimeoutSeconds?: number;
  /** Where the script's output is kept. */
  readonly outputLocation?: CfnAssociation.S3OutputLocationProperty;
}

/** The associations of one construct: as few as State Manager's limits allow, however many targets there are. */
export class Associations {
  /** By key: the values of its last association, to which more can be added until synthesis. */
  private readonly valuesOf = new Map<string, string[]>();

  /** For a document, so far without targets; the first runs wait for the dependencies. */
  public constructor(
    private readonly scope: Construct,
    private readonly documentName: string,
    private readonly run: AssociationRun,
    private readonly dependencies: IDependable,
  ) {}

  /** Reaches a target as well. */
  public reach({ key, values }: AssociationTarget): void {
    for (const value of values) {
      const open = this.valuesOf.get(key);
      if (open && open.length < maxValues(key)) {
        open.push(value);
      } else {
        this.open(key, value);
      }
    }
  }

  private open(key: string, first: string): void {
    const values = [first];
    const association = addAssociation(
      this.scope,
      { key, values: Lazy.list({ produce: () => values }) },
      this.documentName,
      this.run,
    );
    association.node.addDependency(this.dependencies);
    this.valuesOf.set(key, values);
  }
}

/** A resource group has an association to itself. */
function maxValues(key: string): number {
  return key === 'resource-groups:Name' ? 1 : MAX_VALUES;
}

/**
 * Adds the association of one target.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-association.html
 */
function addAssociation(
  scope: Construct,
  target: AssociationTarget,
  documentName: string,
  run: AssociationRun,
): CfnAssociation {
  const association = new CfnAssociation(scope, idOf(scope, target), {
    name: documentName,
    // What the console lists it by; it need not be the only one of that name.
    associationName: 'cdk-ssh-keepalive',
    targets: [target],
    parameters: {
      Action: [run.action],
      ClientAliveInterval: [run.interval],
      ClientAliveCountMax: [run.countMax],
    },
    scheduleExpression: run.scheduleExpression,
    applyOnlyAtCronInterval: run.applyOnlyAtCronInterval,
    maxConcurrency: run.maxConcurrency,
    maxErrors: run.maxErrors,
    complianceSeverity: run.complianceSeverity,
    syncCompliance: 'AUTO',
    calendarNames: run.calendarNames,
    waitForSuccessTimeoutSeconds: run.waitForSuccessTimeoutSeconds,
    outputLocation: run.outputLocation && { s3Location: run.outputLocation },
  });
  association.addMetadata('Description', PURPOSES[run.action]);
  return association;
}

/**
 * An id that says what is targeted; the key makes it unique, except among parts of a target with too many values, and
 * among keys that are tokens, which no id may hold.
 */
function idOf(scope: Construct, target: AssociationTarget): string {
  const id = Token.isUnresolved(target.key) ? 'Association' : `Association ${target.key}`;
  let part = 1;
  while (scope.node.tryFindChild(part === 1 ? id : `${id} ${part}`)) part++;
  return part === 1 ? id : `${id} ${part}`;
}
