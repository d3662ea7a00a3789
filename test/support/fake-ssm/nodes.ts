// The nodes of an account and Region: what is tagged, what has registered, and what targets match. Serves
// DescribeInstanceInformation and GetResources.
import { type Input, ServiceError, page } from './protocol';
import type { RunScript } from './agent';

/** A node, real or simulated. */
export interface Node {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `never` for an instance whose agent has not registered. */
  ping: 'Online' | 'ConnectionLost' | 'never';
  readonly lastPing: Date;
  readonly platform: 'Linux' | 'Windows' | 'MacOS';
  readonly platformName: string;
  readonly agentVersion: string;
  readonly computerName: string;
  /** Runs a script as root. */
  readonly run: RunScript;
}

/** An AWS target: a kind of key and its values. */
export interface Target {
  readonly Key: string;
  readonly Values: readonly string[];
}

/** All nodes, in the order in which they were added. */
export class Nodes {
  /** The ids of the members of resource groups. */
  public readonly groups = new Map<string, readonly string[]>();
  private readonly byId = new Map<string, Node>();

  /** Adds a node; whatever is left out is as on an Amazon Linux 2023 with the tag of the construct. */
  public add(node: Pick<Node, 'id' | 'run'> & Partial<Node>): Node {
    const added: Node = {
      tags: { 'cdk-ssh-keepalive': 'Web/SshKeepalive' },
      ping: 'Online',
      lastPing: new Date(),
      platform: 'Linux',
      platformName: 'Amazon Linux',
      agentVersion: '3.3.2746.0',
      computerName: `${node.id}.internal`,
      ...node,
    };
    this.byId.set(added.id, added);
    return added;
  }

  /** Terminates it; the results that it had remain. */
  public remove(id: string): void {
    this.byId.delete(id);
  }

  /** Those that have registered; of a node that has not, Systems Manager knows nothing. */
  public get registered(): Node[] {
    return [...this.byId.values()].filter(({ ping }) => ping !== 'never');
  }

  /** @throws ServiceError when one of the ids is no registered node */
  public withIds(ids: readonly string[]): Node[] {
    if (new Set(ids).size < ids.length)
      throw new ServiceError('DuplicateInstanceId', 'You can not specify an instance ID in more than one association.');
    const found = this.registered.filter(({ id }) => ids.includes(id));
    if (found.length < ids.length) {
      const missing = ids.filter((id) => !found.some((node) => node.id === id));
      throw new ServiceError(
        'InvalidInstanceId',
        `Instances [[${missing.join(', ')}]] not in a valid state for account 123456789012`,
      );
    }
    return found;
  }

  /** The registered nodes that match all targets: several keys narrow the selection, several values widen it. */
  public matching(targets: readonly Target[]): Node[] {
    return this.registered.filter((node) => targets.every((target) => this.matches(node, target)));
  }

  public describeInstanceInformation(input: Input): object {
    const { Filters: filters = [] } = input as { Filters?: readonly Target[] };
    const isTag = filters.map(({ Key }) => /^tag(:|-key$)/.test(Key));
    if (isTag.includes(true) && isTag.includes(false))
      throw new ServiceError('InvalidFilterKey', 'Tag filters cannot be combined with others');
    const known = /^(tag:.+|tag-key|InstanceIds|PingStatus|PlatformTypes|AgentVersion)$/;
    const unknown = filters.find(({ Key }) => !known.test(Key));
    if (unknown) throw new ServiceError('InvalidFilterKey', `The specified key ${unknown.Key} is not valid.`);
    const { items, token } = page(this.matching(filters), input, 10);
    return { InstanceInformationList: items.map(information), NextToken: token };
  }

  /** The tagged instances, whether they have registered or not; managed nodes outside of EC2 are no resources. */
  public getResources(input: Input): object {
    const { TagFilters: filters = [], ResourceTypeFilters: types = [] } = input as {
      TagFilters?: readonly Target[];
      ResourceTypeFilters?: readonly string[];
    };
    const { ResourcesPerPage: size = 50, PaginationToken: token } = input as {
      ResourcesPerPage?: number;
      PaginationToken?: string;
    };
    const isInstance = types.length === 0 || types.some((type) => type === 'ec2' || type === 'ec2:instance');
    const found = [...this.byId.values()].filter(
      ({ id, tags }) =>
        isInstance &&
        id.startsWith('i-') &&
        filters.every(({ Key, Values }) => Key in tags && (Values.length === 0 || Values.includes(tags[Key] ?? ''))),
    );
    const { items, token: next = '' } = page(found, { MaxResults: size, NextToken: token || undefined }, size);
    return {
      PaginationToken: next,
      ResourceTagMappingList: items.map(({ id, tags }) => ({
        ResourceARN: `arn:aws:ec2:eu-west-1:123456789012:instance/${id}`,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
    };
  }

  private matches(node: Node, { Key, Values }: Target): boolean {
    switch (Key) {
      case 'InstanceIds':
        return Values.includes('*') || Values.includes(node.id);
      case 'resource-groups:Name':
        return Values.some((name) => this.groups.get(name)?.includes(node.id));
      case 'PingStatus':
        return Values.includes(node.ping);
      case 'PlatformTypes':
        return Values.includes(node.platform);
      case 'AgentVersion':
        return Values.includes(node.agentVersion);
      case 'tag-key':
        return Values.some((key) => key in node.tags);
      default:
        return Key.startsWith('tag:') && Values.includes(node.tags[Key.slice('tag:'.length)] ?? '');
    }
  }
}

function information(node: Node): object {
  return {
    InstanceId: node.id,
    PingStatus: node.ping,
    LastPingDateTime: node.lastPing,
    AgentVersion: node.agentVersion,
    PlatformType: node.platform,
    PlatformName: node.platformName,
    ResourceType: node.id.startsWith('mi-') ? 'ManagedInstance' : 'EC2Instance',
    ComputerName: node.computerName,
  };
}
