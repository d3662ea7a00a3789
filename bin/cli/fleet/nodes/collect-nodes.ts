// Collects the nodes of targets: those that Systems Manager manages, and the tagged instances that it has never seen.
import type { TagFilter } from '@aws-sdk/client-resource-groups-tagging-api';
import type { InstanceInformation, InstanceInformationStringFilter } from '@aws-sdk/client-ssm';
import { type Session, chunks } from '../aws/session';
import type { Target } from '../deployment/deployment';
import { oneLine } from '../../shared/printable';
import type { Nodes } from './node';

/** The maximum of DescribeInstanceInformation. */
const PAGE_SIZE = 50;
/** The maxima of GetResources. */
const RESOURCES_PAGE_SIZE = 100;
const RESOURCES_VALUES = 20;
const MAX_NAME = 60;

/** Adds the nodes that match all of the targets. Those of a resource group cannot be listed; they appear with their results. */
export async function collectNodes(targets: readonly Target[], nodes: Nodes, session: Session): Promise<void> {
  const [first] = targets;
  if (first?.key === 'InstanceIds') {
    if (first.values.includes('*')) await addManaged([], nodes, session);
    else await addByIds(first.values, nodes, session);
  } else if (targets.every(({ key }) => key.startsWith('tag:'))) {
    const filters = targets.map(({ key, values }) => ({ Key: key, Values: [...values] }));
    await Promise.all([addManaged(filters, nodes, session), addTagged(targets, nodes, session)]);
  }
}

/** Adds these nodes; one that Systems Manager does not know has never registered. */
export async function addByIds(ids: readonly string[], nodes: Nodes, session: Session): Promise<void> {
  for (const id of ids) if (!nodes.has(id)) nodes.set(id, { id, ping: 'never' });
  await session.forEach(chunks(ids, PAGE_SIZE), (some) =>
    addManaged([{ Key: 'InstanceIds', Values: some }], nodes, session),
  );
}

async function addManaged(
  filters: InstanceInformationStringFilter[],
  nodes: Nodes,
  { sdk, ssm }: Session,
): Promise<void> {
  const request = filters.length > 0 ? { Filters: filters } : {};
  for await (const page of sdk.paginateDescribeInstanceInformation({ client: ssm, pageSize: PAGE_SIZE }, request)) {
    for (const information of page.InstanceInformationList ?? []) addInformation(information, nodes);
  }
}

function addInformation(information: InstanceInformation, nodes: Nodes): void {
  const {
    InstanceId: id,
    PingStatus,
    LastPingDateTime,
    PlatformType,
    PlatformName,
    AgentVersion,
    ComputerName,
  } = information;
  if (id === undefined) return;
  nodes.set(id, {
    id,
    ping: PingStatus === 'Online' ? 'online' : 'offline',
    lastPing: LastPingDateTime,
    name: ComputerName === undefined ? undefined : oneLine(ComputerName, MAX_NAME),
    platform: PlatformType,
    platformName: PlatformName === undefined ? undefined : oneLine(PlatformName, MAX_NAME),
    agent: AgentVersion === undefined ? undefined : oneLine(AgentVersion, MAX_NAME),
  });
}

/** What has the tags and is not managed has never registered, or was terminated less than an hour ago. */
async function addTagged(targets: readonly Target[], nodes: Nodes, { sdk, tagging }: Session): Promise<void> {
  for (const TagFilters of tagFilters(targets)) {
    const request = { ResourceTypeFilters: ['ec2:instance'], TagFilters };
    for await (const page of sdk.paginateGetResources({ client: tagging, pageSize: RESOURCES_PAGE_SIZE }, request)) {
      for (const { ResourceARN: arn = '' } of page.ResourceTagMappingList ?? []) {
        const id = arn.slice(arn.lastIndexOf('/') + 1);
        if (id !== '' && !nodes.has(id)) nodes.set(id, { id, ping: 'never' });
      }
    }
  }
}

/** Splits the values into lists of at most RESOURCES_VALUES. */
function tagFilters(targets: readonly Target[]): TagFilter[][] {
  return targets.reduce<TagFilter[][]>(
    (lists, { key, values }) =>
      lists.flatMap((list) =>
        chunks(values, RESOURCES_VALUES).map((some) => [...list, { Key: key.slice('tag:'.length), Values: some }]),
      ),
    [[]],
  );
}
