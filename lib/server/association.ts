// State Manager associations: on which instances the document runs, when, and on how many at the same time.
import { Lazy, Stack, Token } from 'aws-cdk-lib';
import { CfnAssociation } from 'aws-cdk-lib/aws-ssm';
import type { Construct, IDependable } from 'constructs';
import { SshKeepaliveAction } from '../settings/ssh-keepalive-action';
import type { AssociationSettings } from './association-settings';

/** The limit of State Manager for the values of one target. */
const MAX_VALUES = 50;

/** Shown in templates and diffs: associations have no description of their own. */
const DESCRIPTIONS: Record<SshKeepaliveAction, string> = {
  [SshKeepaliveAction.APPLY]:
    'Applies the keepalive settings of sshd to the targeted instances, to new ones when they register, and on the schedule.',
  [SshKeepaliveAction.CHECK]:
    'Checks the keepalive settings of sshd, reports instances with other settings as failed, and changes nothing.',
  [SshKeepaliveAction.REMOVE]: 'Removes the keepalive settings that were applied to sshd.',
};

/** The target of one association. */
export interface AssociationTarget {
  /** `InstanceIds`, `resource-groups:Name`, or `tag:` and the key of a tag: an association takes one tag key. */
  readonly key: string;
  /** The ids, the group's name, or the tag's values. */
  readonly values: string[];
}

/** The associations of one construct: as few as State Manager's limits allow, however many targets there are. */
export class Associations {
  /** In the order in which they were added. */
  private readonly all: CfnAssociation[] = [];

  /** By key: the values of its last association, to which more can be added until synthesis. */
  private readonly valuesOf = new Map<string, string[]>();

  /** For a document, without targets yet; the associations depend on `dependencies`. */
  public constructor(
    private readonly scope: Construct,
    private readonly documentName: string,
    private readonly settings: AssociationSettings,
    private readonly dependencies: IDependable,
  ) {
    scope.node.addValidation({ validate: () => agentReferences(scope, parametersOf(settings)) });
  }

  /** How many there are now. */
  public get count(): number {
    return this.all.length;
  }

  /** The ids of all associations, including those that are added later. */
  public get ids(): string[] {
    return Lazy.list({ produce: () => this.all.map(({ attrAssociationId }) => attrAssociationId) });
  }

  /** Adds a target to an association with its key, or in a new one. */
  public addTarget({ key, values }: AssociationTarget): void {
    for (const value of values) {
      const open = this.valuesOf.get(key);
      if (open && open.length < maxValues(key)) {
        open.push(value);
      } else {
        this.addAssociation(key, value);
      }
    }
  }

  private addAssociation(key: string, first: string): void {
    const values = [first];
    const target = { key, values: Lazy.list({ produce: () => values }) };
    const association = createAssociation(this.scope, target, this.documentName, this.settings);
    association.node.addDependency(this.dependencies);
    this.valuesOf.set(key, values);
    this.all.push(association);
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
function createAssociation(
  scope: Construct,
  target: AssociationTarget,
  documentName: string,
  settings: AssociationSettings,
): CfnAssociation {
  const { output } = settings;
  const association = new CfnAssociation(scope, idOf(scope, target), {
    name: documentName,
    // The console lists associations by this name, which need not be unique.
    associationName: 'cdk-ssh-keepalive',
    targets: [target],
    parameters: parametersOf(settings),
    scheduleExpression: settings.scheduleExpression,
    applyOnlyAtCronInterval: settings.applyOnlyAtCronInterval,
    maxConcurrency: settings.maxConcurrency,
    maxErrors: settings.maxErrors,
    complianceSeverity: settings.complianceSeverity,
    syncCompliance: 'AUTO',
    calendarNames: settings.calendarNames,
    waitForSuccessTimeoutSeconds: settings.waitForSuccessTimeoutSeconds,
    outputLocation: output && {
      s3Location: { outputS3BucketName: output.bucket.bucketName, outputS3KeyPrefix: output.prefix },
    },
  });
  association.addMetadata('Description', DESCRIPTIONS[settings.action]);
  return association;
}

function parametersOf({ action, interval, countMax }: AssociationSettings): Record<string, string[]> {
  return { Action: [action], ClientAliveInterval: [interval], ClientAliveCountMax: [countMax] };
}

/**
 * Agents before 3.3.2746.0 resolve a `{{ssm:NAME}}` twice, once to validate the value and once to use it, so a parameter
 * that changes in between becomes part of the script. CloudFormation resolves its own `{{resolve:ssm:NAME:VERSION}}` before.
 */
function agentReferences(scope: Construct, parameters: Record<string, string[]>): string[] {
  const resolved = Stack.of(scope).resolve(parameters) as Record<string, unknown[]>;
  return Object.entries(resolved).flatMap(([name, [value]]) =>
    typeof value === 'string' && /^\{\{(?!resolve:)/.test(value)
      ? [
          `${scope.node.path}: the document's parameter ${name} must not be a reference that the agent resolves, got: '${value}'. ` +
            `Use a dynamic reference of CloudFormation, '{{resolve:ssm:NAME:VERSION}}'.`,
        ]
      : [],
  );
}

/**
 * An id that names the target. The key makes it unique, except among the parts of a target with too many values, and among
 * keys that are tokens, which an id cannot contain.
 */
function idOf(scope: Construct, target: AssociationTarget): string {
  const id = Token.isUnresolved(target.key) ? 'Association' : `Association ${target.key}`;
  let part = 1;
  while (scope.node.tryFindChild(part === 1 ? id : `${id} ${part}`)) part++;
  return part === 1 ? id : `${id} ${part}`;
}
