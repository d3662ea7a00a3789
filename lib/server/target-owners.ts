// Which construct of an app owns which target. Two constructs with the same instance would overwrite each other's settings.
import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AssociationTarget } from './association';
import { type InstanceSet, launchTemplateOf } from './instance-set';

/** A resource, or a value of a State Manager target with its environment. */
type Owned = IConstruct | string;

/** By app: the owner of each target. */
const ownersOfApps = new WeakMap<IConstruct, Map<Owned, IConstruct>>();

/** Computed once for each stack, because there is one for each instance and tag. */
const environmentsOfStacks = new WeakMap<Stack, string>();

/** The construct that targets the instances already, directly or by their launch template. */
export function ownerOf({ construct, resource }: InstanceSet): IConstruct | undefined {
  const owners = ownersOf(construct);
  const template = launchTemplateOf(resource);
  return owners.get(resource ?? construct) ?? (template && owners.get(template));
}

/**
 * Tokens are compared by what they refer to in their stack, and not by their value: two parameters may have the same tag
 * at deployment, which synthesis cannot know.
 *
 * @throws when the instances or a value of the target have an owner already
 */
export function requireNoOwner(owner: IConstruct, instances?: InstanceSet, target?: AssociationTarget): void {
  const owners = ownersOf(owner);
  const seen = new Set<Owned>();
  for (const [owned, name] of ownedBy(owner, instances, target)) {
    const other = seen.has(owned) ? owner : owners.get(owned);
    if (other) throw new Error(conflict(owner, other, name));
    seen.add(owned);
  }
}

/** Makes `owner` the owner of the instances and of the target's values. */
export function setOwner(owner: IConstruct, instances?: InstanceSet, target?: AssociationTarget): void {
  const owners = ownersOf(owner);
  for (const [owned] of ownedBy(owner, instances, target)) owners.set(owned, owner);
}

/** What a target makes `owner` the owner of, each with its name for messages. */
function ownedBy(owner: IConstruct, instances?: InstanceSet, target?: AssociationTarget): [Owned, string][] {
  const values = (target?.values ?? []).map((value) => inEnvironment(owner, `${target?.key}=${value}`));
  return [
    ...(instances ? [[instances.resource ?? instances.construct, nameOf(instances)] as [Owned, string]] : []),
    ...values.map((value): [Owned, string] => [value, value]),
  ];
}

/** The errors for instances of the owner that are targeted in another way too. */
export function conflicts(owner: IConstruct, instances: InstanceSet): string[] {
  return [...conflictsByTag(owner, instances), ...conflictsByLaunchTemplate(owner, instances)];
}

function conflictsByTag(owner: IConstruct, instances: InstanceSet): string[] {
  return Object.entries(instances.tags?.tagValues() ?? {}).flatMap(([key, value]) => {
    const other = ownersOf(owner).get(inEnvironment(instances.construct, `tag:${key}=${value}`));
    if (other === undefined || other === owner) return [];
    return [conflict(owner, other, `${nameOf(instances)}, which has the tag ${key}=${value},`)];
  });
}

function conflictsByLaunchTemplate(owner: IConstruct, instances: InstanceSet): string[] {
  const template = launchTemplateOf(instances.resource);
  const other = template && ownersOf(owner).get(template);
  if (other === undefined) return [];
  return [conflict(owner, other, `${nameOf(instances)} (also by its launch template)`)];
}

function nameOf({ kind, construct }: InstanceSet): string {
  return `the ${kind} ${construct.node.path}`;
}

function ownersOf(construct: IConstruct): Map<Owned, IConstruct> {
  const app = construct.node.root;
  const owners = ownersOfApps.get(app) ?? new Map<Owned, IConstruct>();
  ownersOfApps.set(app, owners);
  return owners;
}

function conflict(owner: IConstruct, other: IConstruct, name: string): string {
  return other === owner
    ? `${owner.node.path}: ${name} is targeted twice. Specify each target once.`
    : `${owner.node.path}: ${name} is already targeted by ${other.node.path}. Remove it from one of them, because they ` +
        "would overwrite each other's settings.";
}

/**
 * Tags and ids are unique in an account and region or, where these are not known yet, in a stage of the app. Tokens are
 * unique in a stack: `AWS::StackName` has another value in each.
 */
function inEnvironment(construct: IConstruct, name: string): string {
  const stack = Stack.of(construct);
  if (Token.isUnresolved(name)) return `${name} in ${stack.node.path}`;
  const environment = environmentsOfStacks.get(stack) ?? environmentOf(stack);
  environmentsOfStacks.set(stack, environment);
  return `${name} in ${environment}`;
}

function environmentOf(stack: Stack): string {
  const { environment, account, region } = stack;
  const known = !Token.isUnresolved(account) && !Token.isUnresolved(region);
  const stage = Stage.of(stack)?.node.path;
  return `${environment}${known || !stage ? '' : ` (${stage})`}`;
}
