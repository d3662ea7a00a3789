// Finds what is deployed: documents by their tag, associations by their document.
import { CliError } from '../../shared/exit-code';
import type { Session } from '../aws/session';
import { type Action, type Association, DEFAULTS, type Deployment } from './deployment';

/** The tag of `SshKeepalive.TAG_KEY`, which document and instances have. */
const TAG_KEY = 'cdk-ssh-keepalive';

/** Which constructs; all of the account and Region without any. */
export interface DeploymentRequest {
  readonly stack?: string;
  readonly document?: string;
}

interface Document {
  readonly name: string;
  readonly construct: string;
  readonly created: number;
}

/** @throws CliError when there is none */
export async function findDeployments(request: DeploymentRequest, session: Session): Promise<Deployment[]> {
  const byConstruct = new Map<string, Document[]>();
  for (const document of await listDocuments(request, session)) {
    byConstruct.set(document.construct, [...(byConstruct.get(document.construct) ?? []), document]);
  }
  if (byConstruct.size === 0) throw notFound(request, session.region);
  const deployments: Deployment[] = [];
  for (const [construct, documents] of byConstruct) {
    // There are two while CloudFormation replaces the document.
    const [current, ...older] = documents.sort((a, b) => b.created - a.created) as [Document, ...Document[]];
    const associations = await readAssociations(current, true, session);
    for (const document of older) associations.push(...(await readAssociations(document, false, session)));
    deployments.push({ construct, documentName: current.name, associations });
  }
  return deployments;
}

/** ListDocuments can filter by the values of a tag, but not by its key alone. */
async function listDocuments({ stack, document }: DeploymentRequest, { sdk, ssm }: Session): Promise<Document[]> {
  const Filters = [
    { Key: 'Owner', Values: ['Self'] },
    { Key: 'DocumentType', Values: ['Command'] },
    ...(document === undefined ? [] : [{ Key: 'Name', Values: [document] }]),
  ];
  const found: Document[] = [];
  for await (const page of sdk.paginateListDocuments({ client: ssm, pageSize: 50 }, { Filters })) {
    for (const { Name: name = '', Tags: tags = [], CreatedDate: created } of page.DocumentIdentifiers ?? []) {
      const construct = tags.find(({ Key }) => Key === TAG_KEY)?.Value;
      if (construct === undefined || (document !== undefined && name !== document)) continue;
      if (stack !== undefined && !construct.startsWith(`${stack}/`)) continue;
      found.push({ name, construct, created: created?.getTime() ?? 0 });
    }
  }
  return found;
}

async function readAssociations({ name }: Document, isCurrent: boolean, session: Session): Promise<Association[]> {
  const { sdk, ssm } = session;
  const ids: string[] = [];
  const filter = { AssociationFilterList: [{ key: 'Name' as const, value: name }] };
  for await (const page of sdk.paginateListAssociations({ client: ssm, pageSize: 50 }, filter)) {
    for (const { AssociationId: id } of page.Associations ?? []) if (id !== undefined) ids.push(id);
  }
  const associations = new Map<string, Association>();
  // ListAssociations does not return parameters.
  await session.forEach(ids, async (id) => {
    const { AssociationDescription: found } = await ssm.send(new sdk.DescribeAssociationCommand({ AssociationId: id }));
    const parameter = (key: string): string | undefined => found?.Parameters?.[key]?.[0];
    associations.set(id, {
      id,
      version: found?.AssociationVersion ?? '',
      action: (parameter('Action') ?? 'Apply') as Action,
      interval: parameter('ClientAliveInterval') ?? DEFAULTS.interval,
      countMax: parameter('ClientAliveCountMax') ?? DEFAULTS.countMax,
      targets: (found?.Targets ?? []).map(({ Key: key = '', Values: values = [] }) => ({ key, values })),
      nodeCount: Object.values(found?.Overview?.AssociationStatusAggregatedCount ?? {}).reduce((sum, n) => sum + n, 0),
      isCurrent,
    });
  });
  return ids.flatMap((id) => associations.get(id) ?? []);
}

function notFound({ stack, document }: DeploymentRequest, region: string): CliError {
  const what =
    document !== undefined
      ? `no document '${document}' with the tag ${TAG_KEY}`
      : `no document with the tag ${TAG_KEY}${stack === undefined ? '' : ` of the stack '${stack}'`}`;
  return new CliError(
    `fleet: there is ${what} in ${region}. Check that the stack is deployed, and --region, --profile${stack === undefined ? '' : ' and --stack'}.`,
  );
}
