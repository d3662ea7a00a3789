// Every example as users deploy it: bundled, with the real CDK CLI, each in a Region of its own, because their stacks share
// names. What exists afterwards is compared with what was synthesized, and the associations with the instances they match.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { EXAMPLES } from '../examples/examples';
import { cfnLint } from '../template/cfn-lint';
import { Account, type DeployedStack, type Template, describeWithMoto, resolve } from './account';

jest.setTimeout(300_000);

const ROOT = join(__dirname, '..', '..');
// One for each example and none to spare: a new example needs a new one.
const REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['eu-central-1', 'eu-north-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-southeast-1'],
];

/** How many instances exist afterwards that an association matches. */
const MATCHED: Readonly<Record<string, number>> = {
  'auto-scaling-group': 1,
  'bastion-host': 1,
  'ecs-capacity': 1,
  // moto has no node groups.
  'eks-capacity': 0,
  'existing-instance': 1,
  'first-boot': 1,
  // Their instances are not in the app.
  'imported-instances': 0,
  'instance-of-another-stack': 1,
  'launch-template': 2,
  mixin: 4,
  // moto has no stack sets.
  organization: 0,
  'settings-from-parameters': 0,
};

/** Why moto cannot deploy an example. */
const REFUSED: Readonly<Record<string, string>> = {
  // It has no stack outputs, so nothing is exported from one stack to another.
  fleet: 'No export named Network:ExportsOutputRefVpc8378EB38272D6E3A found.',
  // It skips associations, and whoever reads an attribute of one finds nothing.
  operations: 'instance of Fn::GetAtt references undefined resource SshKeepaliveAssociation',
};

/** What moto skips with a warning; everything else of a template must exist afterwards. */
const SKIPPED = [
  'AWS::CloudFormation::StackSet',
  'AWS::ECS::CapacityProvider',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::EKS::Nodegroup',
  'AWS::SSM::Association',
];

/** For the parameters that have no default. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  organization: ['--parameters', 'OrganizationalUnitIds=ou-ab12-34567890', '--parameters', 'Regions=eu-west-1'],
};

// With it every VPC has a custom resource, which moto does not run: the deployment would wait for its answer.
const CONTEXT = { '@aws-cdk/aws-ec2:restrictDefaultSecurityGroup': false };

interface Target {
  readonly Key: string;
  readonly Values: readonly unknown[];
}

describeWithMoto('The examples, deployed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  let account: Account;

  beforeAll(async () => {
    buildSync({
      absWorkingDir: ROOT,
      entryPoints: EXAMPLES.map((name) => `examples/${name}.ts`),
      outdir: folder,
      ...(JSON.parse(readFileSync(join(ROOT, 'scripts', 'app-bundle.json'), 'utf8')) as BuildOptions),
      logLevel: 'error',
    });
    account = await Account.start();
    await account.bootstrap(REGIONS);
  });
  afterAll(async () => {
    await account.stop();
    rmSync(folder, { recursive: true });
  });

  const deploy = (name: string, region: string): ReturnType<Account['deploy']> =>
    account.deploy(join(folder, `${name}.js`), region, { context: CONTEXT, options: OPTIONS[name] });

  test('each has a Region, and an expectation', () => {
    expect(REGIONS).toHaveLength(EXAMPLES.length);
    expect([...Object.keys(MATCHED), ...Object.keys(REFUSED)].sort()).toEqual(EXAMPLES);
  });

  test.each(Object.entries(REFUSED))('%s cannot be deployed on moto: %s', async (name, reason) => {
    const { status, output, templateFiles } = await deploy(name, REGIONS[EXAMPLES.indexOf(name)] ?? '');
    expect([status, output]).toEqual([1, expect.stringContaining(reason)]);
    expect(cfnLint(...templateFiles)).toEqual([]);
  });

  test.each(Object.entries(MATCHED))('%s', async (name, matched) => {
    const region = REGIONS[EXAMPLES.indexOf(name)] ?? '';
    const { status, output, templates, templateFiles } = await deploy(name, region);
    expect([status, output]).toEqual([0, expect.any(String)]);
    expect(cfnLint(...templateFiles)).toEqual([]);
    const { stacks, documents, instances } = account.existing(region);
    expect(Object.keys(stacks).sort()).toEqual(Object.keys(templates).sort());

    const matching = new Set<string>();
    for (const [stackName, template] of Object.entries(templates)) {
      const stack = stacks[stackName]!;
      const valueOf = (value: unknown): string => resolve(value, region, stack);
      const tagsOf = (tags: unknown): Record<string, string> =>
        Object.fromEntries((tags as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, valueOf(Value)]));
      expect(skippedOf(template, stack).filter((type) => !SKIPPED.includes(type))).toEqual([]);

      for (const [id, { Content, Tags }] of ofType(template, 'AWS::SSM::Document')) {
        expect(documents[stack.physicalIds[id] ?? '']).toEqual({ content: Content, tags: tagsOf(Tags) });
      }
      for (const [id, { Tags, UserData }] of ofType(template, 'AWS::EC2::Instance')) {
        const { tags, userData = '' } = instances[stack.physicalIds[id] ?? ''] ?? {};
        expect(tags).toEqual(tagsOf(Tags));
        expect(bytesOf(userData)).toBe(valueOf((UserData as { 'Fn::Base64': unknown })['Fn::Base64']));
      }
      for (const [id, { LaunchTemplateData }] of ofType(template, 'AWS::EC2::LaunchTemplate')) {
        const { UserData } = LaunchTemplateData as { UserData: { 'Fn::Base64': unknown } };
        const launched = Object.values(instances).filter(
          ({ tags }) => tags['aws:ec2launchtemplate:id'] === stack.physicalIds[id],
        );
        expect(launched).not.toEqual([]);
        for (const { userData } of launched) expect(bytesOf(userData)).toBe(valueOf(UserData['Fn::Base64']));
      }
      for (const [, { PolicyDocument, Roles }] of ofType(template, 'AWS::IAM::Policy')) {
        const { Statement } = PolicyDocument as { Statement: { Sid?: string }[] };
        for (const statement of Statement.filter(({ Sid }) => Sid === 'RunAssociations')) {
          const roles = (Roles as { Ref: string }[]).map(({ Ref }) => stack.policies[Ref] ?? []);
          for (const policies of roles)
            expect(policies.flatMap((policy) => policy.Statement)).toContainEqual(statement);
        }
      }
      for (const [, { Targets }] of ofType(template, 'AWS::SSM::Association')) {
        const matches = (tags: Record<string, string>): boolean =>
          (Targets as Target[]).every(({ Key, Values }) =>
            Values.map(valueOf).includes(tags[Key.replace('tag:', '')] ?? ''),
          );
        for (const [id, { tags }] of Object.entries(instances)) if (matches(tags)) matching.add(id);
      }
    }
    expect([matching.size, Object.keys(instances).length]).toEqual([matched, matched]);
  });
});

function ofType({ Resources }: Template, type: string): [string, Record<string, unknown>][] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties]] : []));
}

/** The types of the resources that do not exist. */
function skippedOf({ Resources }: Template, { physicalIds }: DeployedStack): string[] {
  return Object.entries(Resources).flatMap(([id, { Type }]) => (id in physicalIds ? [] : [Type]));
}

function bytesOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
