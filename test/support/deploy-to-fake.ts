// Deploys the Systems Manager resources of a stack, as they are synthesized, to a fake Systems Manager.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { ServerKeepalive, SshKeepalive, SshKeepaliveAction, SshKeepaliveTarget } from '../../lib';
import type { AssociationProps } from './fake-ssm/associations';
import type { CommandDocument } from './fake-ssm/documents';
import type { FakeSystemsManager } from './fake-ssm/fake-ssm';

/** What was deployed. */
export interface Deployed {
  readonly documentName: string;
  readonly associationIds: readonly string[];
}

/** What may be different. */
export interface DeployProps {
  readonly stack?: string;
  readonly action?: SshKeepaliveAction;
  readonly interval?: number;
  readonly countMax?: number;
  readonly targets?: SshKeepaliveTarget[];
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

let deployments = 0;

/** Deploys a stack with one SshKeepalive, for the tag that it has by itself. */
export function deployToFake(
  fake: FakeSystemsManager,
  { stack: name = 'Web', action = SshKeepaliveAction.APPLY, interval = 60, countMax = 120, targets }: DeployProps = {},
): Deployed {
  const app = new App();
  const stack = new Stack(app, name);
  new SshKeepalive(stack, 'SshKeepalive', {
    action,
    keepalive: ServerKeepalive.of({ interval: Duration.seconds(interval), countMax }),
    targets: targets ?? [SshKeepaliveTarget.tag('cdk-ssh-keepalive', `${name}/SshKeepalive`)],
  });
  return deployTemplate(fake, app.synth().getStackByName(name).template as Template);
}

/** Deploys the documents and associations of a template. */
export function deployTemplate(fake: FakeSystemsManager, { Resources }: Template): Deployed {
  const ofType = (type: string): [string, Record<string, unknown>][] =>
    Object.entries(Resources).flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties]] : []));
  const documentNames = new Map<string, string>();
  for (const [id, { Content, Tags }] of ofType('AWS::SSM::Document')) {
    const documentName = `${id}-${String(++deployments).padStart(12, 'A')}`;
    documentNames.set(id, documentName);
    const tags = Object.fromEntries((Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));
    fake.documents.add({ name: documentName, content: Content as CommandDocument, tags });
  }
  const associationIds = ofType('AWS::SSM::Association').map(([, { Name, Targets, Parameters, AssociationName }]) => {
    const props = { Targets, Parameters, AssociationName } as Omit<AssociationProps, 'Name'>;
    return fake.associations.create({ ...props, Name: documentNames.get((Name as { Ref: string }).Ref) ?? '' });
  });
  return { documentName: [...documentNames.values()][0] ?? '', associationIds };
}
