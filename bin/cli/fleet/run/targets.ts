// What a command is sent to: the construct's own targets, tags, ids, or the nodes of a file. Run Command takes either
// targets or at most 50 ids.
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { CliError, ExitCode } from '../../shared/exit-code';
import { oneLine } from '../../shared/printable';
import { chunks } from '../aws/session';
import { type Deployment, type Target, describeTargets } from '../deployment/deployment';
import type { Nodes } from '../nodes/node';

/** The target options; at most one is set. */
export interface TargetsRequest {
  /** `KEY=VALUE`, each. */
  readonly tags: readonly string[];
  readonly instanceIds: readonly string[];
  readonly targetsFile?: string;
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
 * The targets of the request, one list for each command by tag; by ids there is one list alone, and none without ids.
 *
 * @throws CliError
 */
export async function targetsOf(request: TargetsRequest, deployment: Deployment, region: string): Promise<Target[][]> {
  const { tags, instanceIds, targetsFile } = request;
  if (tags.length > 0) return [tagTargets(tags)];
  if (instanceIds.length > 0) return [idTargets('--instance-ids', instanceIds)];
  if (targetsFile !== undefined) {
    const ids = await idsOfFile(targetsFile, deployment, region);
    return ids.length > 0 ? [idTargets(targetsFile, ids)] : [];
  }
  const own = deployment.associations.filter(({ isCurrent }) => isCurrent).map(({ targets }) => [...targets]);
  if (own.length > 0) return own;
  throw new CliError(
    `${deployment.documentName}: the document has no association, and so no targets. Give --tag, --instance-ids or --targets-file.`,
    ExitCode.USAGE,
  );
}

/**
 * Checks the options, before the service is asked.
 *
 * @throws CliError
 */
export async function requireTargets({ tags, instanceIds, targetsFile }: TargetsRequest): Promise<void> {
  tagTargets(tags);
  idTargets('--instance-ids', instanceIds);
  if (targetsFile === undefined || targetsFile === '-') return;
  await access(targetsFile, constants.R_OK).catch((error: unknown) => {
    throw unreadable(targetsFile, error);
  });
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

/** The nodes of a JSON document as `fleet status --json` prints it; they must be of this construct and Region. */
async function idsOfFile(file: string, { construct }: Deployment, region: string): Promise<string[]> {
  const expected = `It must be the JSON of 'fleet status --json'.`;
  let text: string;
  try {
    // A pipe that has nothing yet cannot be read synchronously.
    text = await (file === '-' ? textOf(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    throw unreadable(file, error);
  }
  let document: { readonly nodes?: unknown; readonly region?: unknown } | null;
  try {
    document = JSON.parse(text) as typeof document;
  } catch {
    throw usage(`${file}: is not JSON. ${expected}`);
  }
  const { nodes, region: ofFile } = document ?? {};
  if (!Array.isArray(nodes)) throw usage(`${file}: has no list 'nodes'. ${expected}`);
  if (typeof ofFile === 'string' && ofFile !== region) {
    throw usage(`${file}: must be of ${region}, got: '${oneLine(ofFile, 80)}'. Give the --region of the file.`);
  }
  const list = nodes as readonly ({ readonly id?: unknown; readonly construct?: unknown } | null)[];
  const ids = list.map((node) => node?.id);
  if (!ids.every((id) => typeof id === 'string')) throw usage(`${file}: has a node without an id. ${expected}`);
  const other = list.map((node) => node?.construct).find((name) => typeof name === 'string' && name !== construct);
  if (typeof other === 'string') {
    throw usage(
      `${file}: must have nodes of ${construct} alone, got: one of '${oneLine(other, 80)}'. Give --stack or --document, and a file for each construct.`,
    );
  }
  return ids;
}

function unreadable(file: string, error: unknown): CliError {
  return usage(`${file}: cannot be read, got: ${(error as NodeJS.ErrnoException).code}.`);
}

function usage(message: string): CliError {
  return new CliError(message, ExitCode.USAGE);
}
