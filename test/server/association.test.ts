import { Stack } from 'aws-cdk-lib';
import { type AssociationRun, addAssociation, groupTargets } from '../../lib/server/association';

const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `v${index}`);

describe('Targets', () => {
  it('with the same key become one, in the order given', () => {
    const targets = [
      { key: 'tag:a', values: ['1'] },
      { key: 'tag:b', values: ['2'] },
      { key: 'tag:a', values: ['3'] },
    ];
    expect(groupTargets(targets)).toEqual([
      { key: 'tag:a', values: ['1', '3'] },
      { key: 'tag:b', values: ['2'] },
    ]);
  });

  it.each([
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])('with %d values become parts of %j', (count, sizes) => {
    const parts = groupTargets([{ key: 'InstanceIds', values: values(count) }]);
    expect(parts.map((part) => part.values.length)).toEqual(sizes);
    expect(parts.flatMap((part) => part.values)).toEqual(values(count));
  });
});

describe('Associations', () => {
  const run: AssociationRun = {
    action: 'Apply',
    interval: '60',
    countMax: '120',
    scheduleExpression: 'rate(1 day)',
    maxConcurrency: '10%',
    maxErrors: '10%',
    complianceSeverity: 'MEDIUM',
  };

  it('have ids that say what they target, and keep them when others are added', () => {
    const stack = new Stack();
    const keys = ['tag:team', 'InstanceIds', 'InstanceIds', 'tag:cdk-ssh-keepalive'];
    const ids = keys.map((key) => addAssociation(stack, { key, values: ['v'] }, 'document', run).node.id);
    expect(ids).toEqual([
      'Association tag:team',
      'Association InstanceIds',
      'Association InstanceIds 2',
      'Association tag:cdk-ssh-keepalive',
    ]);
  });
});
