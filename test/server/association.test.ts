import { Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAssociation } from 'aws-cdk-lib/aws-ssm';
import { DependencyGroup } from 'constructs';
import { type AssociationRun, type AssociationTarget, Associations } from '../../lib/server/association';

const RUN: AssociationRun = {
  action: 'Apply',
  interval: '60',
  countMax: '120',
  scheduleExpression: 'rate(1 day)',
  maxConcurrency: '10%',
  maxErrors: '10%',
  complianceSeverity: 'MEDIUM',
};

const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `v${index}`);

/** The targets of the associations that are made for these, by the ids of their constructs. */
function reach(...targets: AssociationTarget[]): Record<string, AssociationTarget> {
  const stack = new Stack();
  const associations = new Associations(stack, 'document', RUN, new DependencyGroup());
  for (const target of targets) associations.reach(target);
  const template = Template.fromStack(stack).toJSON() as { Resources: Record<string, unknown> };
  return Object.fromEntries(
    stack.node.children.filter(CfnAssociation.isCfnResource).map((child) => {
      const resource = template.Resources[stack.getLogicalId(child)] as {
        Properties: { Targets: { Key: string; Values: string[] }[] };
      };
      const [target, ...others] = resource.Properties.Targets;
      // A second one would be refused, or narrow the first.
      expect(others).toEqual([]);
      return [child.node.id, { key: target!.Key, values: target!.Values }];
    }),
  );
}

describe('Associations', () => {
  it('are one for each key, in the order given, with ids that say what they target', () => {
    const reached = reach(
      { key: 'tag:a', values: ['1'] },
      { key: 'tag:b', values: ['2'] },
      { key: 'tag:a', values: ['3'] },
    );
    expect(reached).toEqual({
      'Association tag:a': { key: 'tag:a', values: ['1', '3'] },
      'Association tag:b': { key: 'tag:b', values: ['2'] },
    });
  });

  it.each([
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])('take %d values of a key in parts of %j', (count, sizes) => {
    const parts = Object.values(reach({ key: 'InstanceIds', values: values(count) }));
    expect(parts.map((part) => part.values.length)).toEqual(sizes);
    expect(parts.flatMap((part) => part.values)).toEqual(values(count));
  });

  it('keep their ids when others are added', () => {
    const ids = reach(
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

  it('take one resource group each, as State Manager does', () => {
    const groups = ['web', 'db'].map((name) => ({ key: 'resource-groups:Name', values: [name] }));
    expect(Object.values(reach(...groups))).toEqual(groups);
  });

  it('whose keys are not known at synthesis are numbered', () => {
    const keys = ['First', 'Second'].map((id) => `tag:${Token.asString({ Ref: id })}`);
    const targets = reach(...keys.map((key) => ({ key, values: ['v'] })));
    expect(Object.keys(targets)).toEqual(['Association', 'Association 2']);
  });
});
