// Who reaches what in an app: two constructs that reach the same instance would undo each other's settings for ever.
import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { Instance } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import type { AssociationTarget } from './association';

/** By app: what is claimed, and the path of the construct that claims it. */
const claimsOfApps = new WeakMap<IConstruct, Map<string, string>>();

/** @throws when the instance is claimed already */
export function claimInstance(claimant: IConstruct, instance: Instance): void {
  claim(claimant, `the instance ${instance.node.path}`);
}

/** @throws when one of the target's values is claimed already */
export function claimTarget(claimant: IConstruct, target: AssociationTarget): void {
  for (const value of target.values) claim(claimant, inPlace(claimant, `${target.key}=${value}`));
}

/** What is wrong when an instance that the claimant reaches also bears a tag that another construct reaches. */
export function conflictsByTag(claimant: IConstruct, instance: Instance): string[] {
  return Object.entries(instance.instance.tags.tagValues()).flatMap(([key, value]) => {
    const owner = claimsOf(instance).get(inPlace(instance, `tag:${key}=${value}`));
    if (owner === undefined || owner === claimant.node.path) return [];
    return [conflict(claimant, owner, `the instance ${instance.node.path}, which is tagged ${key}=${value}`)];
  });
}

function claim(claimant: IConstruct, what: string): void {
  const owner = claimsOf(claimant).get(what);
  if (owner !== undefined) throw new Error(conflict(claimant, owner, what));
  claimsOf(claimant).set(what, claimant.node.path);
}

function claimsOf(construct: IConstruct): Map<string, string> {
  const app = construct.node.root;
  const claims = claimsOfApps.get(app) ?? new Map<string, string>();
  claimsOfApps.set(app, claims);
  return claims;
}

function conflict(claimant: IConstruct, owner: string, what: string): string {
  return owner === claimant.node.path
    ? `${owner} reaches ${what} twice. Name each target once.`
    : `${claimant.node.path} and ${owner} both reach ${what}, and would undo each other's settings. Leave it to one of them.`;
}

/** Tags and ids have their meaning in an account and region or, where these are not known yet, in a stage of the app. */
function inPlace(construct: IConstruct, what: string): string {
  const { environment, account, region } = Stack.of(construct);
  const known = !Token.isUnresolved(account) && !Token.isUnresolved(region);
  const stage = Stage.of(construct)?.node.path;
  return `${what} in ${environment}${known || !stage ? '' : ` (${stage})`}`;
}
