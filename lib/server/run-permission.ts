// The permission to use Run Command with one document on the targets of its construct, and on nothing else.
import { Lazy, Stack, Token } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AssociationTarget } from './association';

/** Grants the permission for the targets of now and for those that are added later. */
export class RunPermission {
  private readonly grantees: IGrantable[] = [];

  /** By key: the values of all targets. */
  private readonly valuesOf = new Map<string, string[]>();

  /** For a document of the account and Region of `scope`. */
  public constructor(
    private readonly scope: Construct,
    private readonly documentName: string,
  ) {}

  /** @throws when a policy cannot express the target, and a grantee would need it */
  public requireExpressible({ key }: AssociationTarget): void {
    if (this.grantees.length > 0) requireExpressibleKey(this.scope, key);
  }

  /** Adds a target for all grantees, those of now and of later. */
  public addTarget({ key, values }: AssociationTarget): void {
    const known = this.valuesOf.get(key);
    this.valuesOf
      .set(key, known ?? [])
      .get(key)
      ?.push(...values);
    if (known) return;
    for (const grantee of this.grantees) this.grantKey(grantee, key);
  }

  /** @throws when a policy cannot express a target */
  public grantTo(grantee: IGrantable): Grant {
    const keys = [...this.valuesOf.keys()];
    for (const key of keys) requireExpressibleKey(this.scope, key);
    const document = this.arn('ssm', 'document', this.documentName);
    const grant = Grant.addToPrincipal({ grantee, actions: ['ssm:SendCommand'], resourceArns: [document] });
    this.grantees.push(grantee);
    for (const key of keys) this.grantKey(grantee, key);
    return grant;
  }

  private grantKey(grantee: IGrantable, key: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(key === 'InstanceIds' ? this.byId() : this.byTag(key));
  }

  /** Managed nodes outside of EC2 have ids of their own, and can have the tag as well. */
  private byTag(key: string): PolicyStatement {
    return new PolicyStatement({
      actions: ['ssm:SendCommand'],
      resources: [this.arn('ec2', 'instance', '*'), this.arn('ssm', 'managed-instance', '*')],
      conditions: {
        StringEquals: { [`ssm:resourceTag/${key.slice('tag:'.length)}`]: this.values(key, (value) => [value]) },
      },
    });
  }

  private byId(): PolicyStatement {
    const arnsOf = (id: string): string[] => [
      ...(id.startsWith('mi-') ? [] : [this.arn('ec2', 'instance', id)]),
      // A token can be an id of either kind.
      ...(id.startsWith('i-') ? [] : [this.arn('ssm', 'managed-instance', id)]),
    ];
    return new PolicyStatement({ actions: ['ssm:SendCommand'], resources: this.values('InstanceIds', arnsOf) });
  }

  private values(key: string, map: (value: string) => string[]): string[] {
    return Lazy.list({ produce: () => this.valuesOf.get(key)?.flatMap(map) });
  }

  private arn(service: string, resource: string, resourceName: string): string {
    return Stack.of(this.scope).formatArn({ service, resource, resourceName });
  }
}

function requireExpressibleKey(scope: Construct, key: string): void {
  const where = `${scope.node.path}: grantRun`;
  if (key === 'resource-groups:Name') {
    throw new Error(
      `${where} cannot be used with a resource group, because an IAM policy has no condition for it. Target a tag instead.`,
    );
  }
  if (Token.isUnresolved(key)) {
    throw new Error(`${where} requires tag keys that are known at synthesis, got: a token. Use a plain key.`);
  }
}
