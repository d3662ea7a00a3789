import { fullDiff } from '@aws-cdk/cloudformation-diff';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { app as fleetWith, fleet } from '../../examples/fleet';
import { at } from '../../examples/existing-instance';
import { SshKeepalive, type SshKeepaliveOptions, SshKeepaliveTarget } from '../../lib';
import * as lib from '../../lib';
import { addDocument } from '../../lib/server/document';
import { synthesize } from './examples';

/** Every change, with its effect on the resource according to CloudFormation's specification. */
function changes(old: object, now: object): string[] {
  const found: string[] = [];
  fullDiff(old, now).resources.forEachDifference((_, difference) => {
    const { resourceType, changeImpact, propertyUpdates } = difference;
    if (difference.isAddition) found.push(`add ${resourceType}`);
    else if (difference.isRemoval) found.push(`remove ${resourceType}`);
    else found.push(`${changeImpact} ${resourceType} ${Object.keys(propertyUpdates).sort().join(' ')}`);
  });
  return found.sort();
}

const NOT_INTERRUPTED = /^(add|WILL_UPDATE) /;
const step = (name: string): object => synthesize(at(name)).Web!;

describe('Keepalive on an instance that is deployed already', () => {
  it('adds a document, an association, a policy and a tag', () => {
    expect(changes(step('before'), step('existing'))).toEqual([
      'WILL_UPDATE AWS::EC2::Instance Tags',
      'add AWS::IAM::Policy',
      'add AWS::SSM::Association',
      'add AWS::SSM::Document',
    ]);
  });

  it('interrupts the instance with newInstance, which changes user data', () => {
    expect(changes(step('before'), step('new'))).toEqual([
      'MAY_REPLACE AWS::EC2::Instance Tags UserData',
      'add AWS::IAM::Policy',
      'add AWS::SSM::Association',
      'add AWS::SSM::Document',
    ]);
  });

  it('changes only the parameters of the association when the settings change', () => {
    expect(changes(step('existing'), step('slower'))).toEqual(['WILL_UPDATE AWS::SSM::Association Parameters']);
  });

  it('changes only the parameters of the association with SshKeepaliveAction.REMOVE', () => {
    expect(changes(step('existing'), step('remove'))).toEqual(['WILL_UPDATE AWS::SSM::Association Parameters']);
  });

  it('leaves nothing in the stack when it is deleted', () => {
    expect(changes(step('remove'), step('gone'))).toEqual([
      'WILL_UPDATE AWS::EC2::Instance Tags',
      'remove AWS::IAM::Policy',
      'remove AWS::SSM::Association',
      'remove AWS::SSM::Document',
    ]);
    expect(step('gone')).toEqual(step('before'));
  });
});

describe('One line added to an app of 50 instances, 3 groups and a bastion', () => {
  it('adds a document, associations and policies, and tags instances: nothing is interrupted, whatever its size', () => {
    const [before, after] = [synthesize(fleet()), synthesize(fleetWith)];
    expect(Object.keys(after)).toEqual(['Network', 'Servers']);
    expect(changes(before.Network!, after.Network!)).toEqual([
      'WILL_UPDATE AWS::EC2::Instance Tags',
      'add AWS::IAM::Policy',
      'add AWS::SSM::Association',
      'add AWS::SSM::Document',
    ]);
    expect(changes(before.Servers!, after.Servers!)).toEqual([
      ...Array.from({ length: 50 }, () => 'WILL_UPDATE AWS::EC2::Instance Tags'),
      'add AWS::IAM::Policy',
      'add AWS::SSM::Association',
      'add AWS::SSM::Association',
      'add AWS::SSM::Document',
    ]);
  });
});

describe('A renamed SshKeepalive', () => {
  it('changes the tag of its document without replacing it', () => {
    const withDocument = (value: string): object => {
      const app = new App();
      addDocument(new Stack(app, 'Web'), 'Document', [{ key: 'cdk-ssh-keepalive', value }]);
      return synthesize(app).Web!;
    };
    expect(changes(withDocument('Web/Old'), withDocument('Web/New'))).toEqual(['WILL_UPDATE AWS::SSM::Document Tags']);
  });
});

describe('A changed property of SshKeepalive', () => {
  const withOptions = (options: (stack: Stack) => SshKeepaliveOptions): object => {
    const app = new App();
    const stack = new Stack(app, 'Web');
    const instance = new ec2.Instance(stack, 'Instance', {
      vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }),
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    });
    const targets = [SshKeepaliveTarget.existingInstance(instance)];
    new SshKeepalive(stack, 'SshKeepalive', { targets, ...options(stack) });
    return synthesize(app).Web!;
  };

  it.each<[keyof SshKeepaliveOptions, (stack: Stack) => SshKeepaliveOptions, string[]]>([
    ['keepalive', () => ({ keepalive: lib.ServerKeepalive.STIG }), ['AWS::SSM::Association Parameters']],
    ['action', () => ({ action: lib.SshKeepaliveAction.CHECK }), ['AWS::SSM::Association MaxErrors Parameters']],
    [
      'permissions',
      () => ({ permissions: lib.SshKeepalivePermissions.MANAGED_POLICY }),
      // The association no longer depends on the removed policy.
      ['AWS::IAM::Role ManagedPolicyArns', 'AWS::SSM::Association '],
    ],
    ['maxConcurrency', () => ({ maxConcurrency: lib.RateLimit.count(1) }), ['AWS::SSM::Association MaxConcurrency']],
    ['maxErrors', () => ({ maxErrors: lib.RateLimit.count(0) }), ['AWS::SSM::Association MaxErrors']],
    [
      'complianceSeverity',
      () => ({ complianceSeverity: lib.ComplianceSeverity.HIGH }),
      ['AWS::SSM::Association ComplianceSeverity'],
    ],
    ['calendarNames', () => ({ calendarNames: ['office-hours'] }), ['AWS::SSM::Association CalendarNames']],
    [
      'waitForSuccessTimeout',
      () => ({ waitForSuccessTimeout: Duration.minutes(5) }),
      ['AWS::SSM::Association WaitForSuccessTimeoutSeconds'],
    ],
  ])('%s interrupts nothing', (_, options, changed) => {
    const found = changes(
      withOptions(() => ({})),
      withOptions(options),
    );
    // The policy of the working set goes when the managed policy comes.
    expect(found.filter((change) => !NOT_INTERRUPTED.test(change))).toEqual(
      changed[0]?.startsWith('AWS::IAM::Role') ? ['remove AWS::IAM::Policy'] : [],
    );
    expect(found.filter((change) => change.startsWith('WILL_UPDATE ')).map((change) => change.slice(12))).toEqual(
      changed,
    );
  });
});
