// What a command is sent to: the construct's own targets, tags, ids, or the nodes of a file. Run Command takes either
// targets or at most 50 ids.
import { CliError, ExitCode } from '../../shared/exit-code';
import { oneLine } from '../../shared/printable';
import { chunks } from '../aws/session';
import { type Deployment, type Target, describeTargets } from '../deployment/deployment';
import type { Nodes } from '../nodes/node';
import { type TargetsFile, readTargetsFile, requireMatch } from './targets-file';

/** The target options; at most one is set. */
export interface TargetsRequest {
  /** `KEY=VALUE`, each. */
  readonly tags: readonly string[];
  readonly instanceIds: readonly string[];
  readonly targetsFile?: string;
}

/** What the options name. */
export interface GivenTargets {
  /** In the form of SendCommand; none where a file has no nodes. */
  readonly targets: readonly Target[];
  /** The file that they are from. */
  readonly file?: TargetsFile;
}

/** What one command is sent to. */
export interface Destination {
  /** In the form of SendCommand. */
  readonly targets?: readonly Target[];
  readonly ids?: readonly string[];
  readonly description: string;
  /** Undefined for a resource group, whose nodes are not listed before the run. */
  readonly nodeCount: number | undefined;
}

/** The maximum of SendCommand. */
const MAX_IDS = 50;
const MAX_TARGETS = 5;

const ID = /^(i-([0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/;

/**
 * The targets that the options name; undefined without one. They are checked before the service is called.
 *
 * @throws CliError
 */
export async function givenTargets({
  tags,
  instanceIds,
  targetsFile,
}: TargetsRequest): Promise<GivenTargets | undefined> {
  if (tags.length > 0) return { targets: tagTargets(tags) };
  if (instanceIds.length > 0) return { targets: idTargets('--instance-ids', instanceIds) };
  if (targetsFile === undefined) return undefined;
  const file = await readTargetsFile(targetsFile);
  return { targets: file.ids.length > 0 ? idTargets(targetsFile, file.ids) : [], file };
}

/**
 * Lists of targets, each in the form of SendCommand: the one that the options name, or that of each current association. None if
 * a file has no nodes.
 *
 * @throws CliError
 */
export function targetsOf(given: GivenTargets | undefined, deployment: Deployment, region: string): Target[][] {
  if (given?.file) requireMatch(given.file, deployment.construct, region);
  if (given) return given.targets.length > 0 ? [[...given.targets]] : [];
  const own = deployment.associations.filter(({ isCurrent }) => isCurrent).map(({ targets }) => [...targets]);
  if (own.length > 0) return own;
  throw new CliError(
    `${deployment.documentName}: the document has no association, and so no targets. Give --tag, --instance-ids or --targets-file.`,
    ExitCode.USAGE,
  );
}

/** The commands for a list of targets: one, or for ids as many as they need. Ids that are not online are left out. */
export function destinationsOf(targets: readonly Target[], nodes: Nodes): Destination[] {
  const [first] = targets;
  if (first?.key !== 'InstanceIds' || first.values.includes('*')) {
    const isGroup = targets.some(({ key }) => key.startsWith('resource-groups:'));
    return [{ targets, description: describeTargets(targets), nodeCount: isGroup ? undefined : nodes.size }];
  }
  // SendCommand rejects the whole request if one id is not registered.
  const online = first.values.filter((id) => nodes.get(id)?.ping === 'online');
  return chunks(online, MAX_IDS).map((ids) => ({
    ids,
    description: `${ids.length} ${ids.length === 1 ? 'id' : 'ids'}`,
    nodeCount: ids.length,
  }));
}

/** A tag key several times: any of the values; several keys: all of them. */
function tagTargets(tags: readonly string[]): Target[] {
  const values = new Map<string, string[]>();
  for (const tag of tags) {
    const [, key, value] = /^([^=]{1,128})=(.{0,256})$/s.exec(tag) ?? [];
    if (key === undefined || value === undefined) {
      throw usage(`--tag: must be KEY=VALUE, got: '${oneLine(tag, 80)}'. For example --tag Environment=prod.`);
    }
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  if (values.size > MAX_TARGETS) throw usage(`--tag: must have at most ${MAX_TARGETS} keys, got: ${values.size}.`);
  return [...values].map(([key, list]) => ({ key: `tag:${key}`, values: list }));
}

function idTargets(where: string, ids: readonly string[]): Target[] {
  const bad = ids.find((id) => !ID.test(id));
  if (bad !== undefined) {
    throw usage(`${where}: must be ids of nodes, got: '${oneLine(bad, 80)}'. For example i-0123456789abcdef0.`);
  }
  return [{ key: 'InstanceIds', values: [...new Set(ids)] }];
}

function usage(message: string): CliError {
  return new CliError(message, ExitCode.USAGE);
}
