// State Manager associations: which instances run the document, when, and how many at a time.
import { CfnAssociation } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { DocumentAction } from './document';

/** State Manager takes at most so many values for one target. */
const MAX_VALUES = 50;

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

/** Targets with the same key become one, and those with more values than State Manager takes become several. */
export function groupTargets(targets: AssociationTarget[]): AssociationTarget[] {
  const values = new Map<string, string[]>();
  for (const target of targets) values.set(target.key, [...(values.get(target.key) ?? []), ...target.values]);
  return [...values].flatMap(([key, all]) =>
    Array.from({ length: Math.ceil(all.length / MAX_VALUES) }, (_, part) => ({
      key,
      values: all.slice(part * MAX_VALUES, (part + 1) * MAX_VALUES),
    })),
  );
}

/**
 * Adds the association of one target.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-association.html
 */
export function addAssociation(
  scope: Construct,
  target: AssociationTarget,
  documentName: string,
  run: AssociationRun,
): CfnAssociation {
  return new CfnAssociation(scope, idOf(scope, target), {
    name: documentName,
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
}

/** An id that says what is targeted; the key makes it unique, except among parts of a target with too many values. */
function idOf(scope: Construct, target: AssociationTarget): string {
  const id = `Association ${target.key}`;
  let part = 1;
  while (scope.node.tryFindChild(part === 1 ? id : `${id} ${part}`)) part++;
  return part === 1 ? id : `${id} ${part}`;
}
