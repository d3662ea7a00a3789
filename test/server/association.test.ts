import { Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAssociation } from 'aws-cdk-lib/aws-ssm';
import { DependencyGroup } from 'constructs';
import { type AssociationTarget, Associations } from '../../lib/server/association';
import { associationSettings } from '../../lib/server/association-settings';

const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `v${index}`);

/** The targets of the associations for these, by the ids of their constructs. */
function associate(...targets: AssociationTarget[]): Record<string, AssociationTarget> {
  const stack = new Stack();
  const associations = new Associations(stack, 'document', associationSettings('Web', {}), new DependencyGroup());
  for (const target of targets) associations.addTarget(target);
  const template = Template.fromStack(stack).toJSON() as { Resources: Record<string, unknown> };
  return Object.fromEntries(
    stack.node.children.filter(CfnAssociation.isCfnResource).map((child) => {
      const resource = template.Resources[stack.getLogicalId(child)] as {
        Properties: { Targets: { Key: string; Values: string[] }[] };
      };
      const [target, ...others] = resource.Properties.Targets;
      // CloudFormation would refuse a second one, or it would restrict the first.
      expect(others).toEqual([]);
      return [child.node.id, { key: target!.Key, values: target!.Values }];
    }),
  );
}

describe('Associations', () => {
  it('are one for each key, in the order of the targets, with ids that name them', () => {
    const targets = associate(
      { key: 'tag:a', values: ['1'] },
      { key: 'tag:b', values: ['2'] },
      { key: 'tag:a', values: ['3'] },
    );
    expect(targets).toEqual({
      'Association tag:a': { key: 'tag:a', values: ['1', '3'] },
      'Association tag:b': { key: 'tag:b', values: ['2'] },
    });
  });

  it.each([
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])('have %d values of a key in parts of %j', (count, sizes) => {
    const parts = Object.values(associate({ key: 'InstanceIds', values: values(count) }));
    expect(parts.map((part) => part.values.length)).toEqual(sizes);
    expect(parts.flatMap((part) => part.values)).toEqual(values(count));
  });

  it('keep their ids when others are added', () => {
    const ids = associate(
      { key: 'tag:team', values: ['v'] },
      { key: 'InstanceIds', values: values(60) },
      { key: 'tag:cdk-ssh-keepalive', values: ['v'] },
    );
    expect(Object.keys(ids)).toEqual([
      'Association tag:team',
      'Association InstanceIds',
      'Association InstanceIds 2',
      'Association tag:cdk-ssh-keepalive',
    ]);
  });

  it('have one resource group each', () => {
    const groups = ['web', 'db'].map((name) => ({ key: 'resource-groups:Name', values: [name] }));
    expect(Object.values(associate(...groups))).toEqual(groups);
  });

  it('with keys that are not known at synthesis are numbered', () => {
    const keys = ['First', 'Second'].map((id) => `tag:${Token.asString({ Ref: id })}`);
    const targets = associate(...keys.map((key) => ({ key, values: ['v'] })));
    expect(Object.keys(targets)).toEqual(['Association', 'Association 2']);
  });
});
