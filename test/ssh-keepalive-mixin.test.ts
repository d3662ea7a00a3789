import { App, Annotations as CoreAnnotations, Duration, Mixins, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import {
  RateLimit,
  ServerKeepalive,
  SshKeepalive,
  SshKeepaliveAction,
  SshKeepaliveMixin,
  type SshKeepaliveOptions,
  SshKeepalivePermissions,
  SshKeepaliveTarget,
} from '../lib';

const T3 = new ec2.InstanceType('t3.micro');
const LINUX = ec2.MachineImage.latestAmazonLinux2023();
const WINDOWS = ec2.MachineImage.latestWindows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE);

function vpcOf(stack: Stack): ec2.IVpc {
  return (stack.node.tryFindChild('Vpc') as ec2.Vpc | undefined) ?? new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });
}

function makeInstance(stack: Stack, id: string, machineImage = LINUX): ec2.Instance {
  return new ec2.Instance(stack, id, { vpc: vpcOf(stack), instanceType: T3, machineImage });
}

function makeGroup(stack: Stack, id: string, machineImage = LINUX): autoscaling.AutoScalingGroup {
  return new autoscaling.AutoScalingGroup(stack, id, { vpc: vpcOf(stack), instanceType: T3, machineImage });
}

/** How many resources of a type a stack has. */
function count(stack: Stack, type: string): number {
  return Object.keys(Template.fromStack(stack).findResources(type)).length;
}

interface Resource {
  readonly Type: string;
  readonly Properties: object;
}

/** The resources of a stack without their tags. */
function resourcesButTags(stack: Stack): Record<string, Resource> {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  for (const resource of Object.values(Resources)) delete (resource.Properties as { Tags?: unknown } | undefined)?.Tags;
  return Resources;
}

const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.anyValue());

/** An app with instances and groups in two stacks, some of which run Windows. */
function makeApp(): { app: App; web: Stack; db: Stack } {
  const app = new App();
  const [web, db] = [new Stack(app, 'Web'), new Stack(app, 'Db')];
  for (const id of ['One', 'Two']) makeInstance(web, id);
  makeGroup(web, 'Workers');
  makeInstance(web, 'Desktop', WINDOWS);
  makeGroup(web, 'Desktops', WINDOWS);
  new sqs.Queue(web, 'Queue');
  makeInstance(db, 'Three');
  return { app, web, db };
}

describe('SshKeepaliveMixin', () => {
  it('applied to one instance does what existingInstance does', () => {
    const [byMixin, byTarget] = ['SshKeepaliveMixin', 'SshKeepaliveMixin'].map(() => new Stack(new App(), 'Web'));
    makeInstance(byMixin!, 'One').with(new SshKeepaliveMixin());
    new SshKeepalive(byTarget!, 'SshKeepaliveMixin', {
      targets: [SshKeepaliveTarget.existingInstance(makeInstance(byTarget!, 'One'))],
    });
    expect(Template.fromStack(byMixin!).toJSON()).toEqual(Template.fromStack(byTarget!).toJSON());
    expect(warnings(byMixin!)).toEqual([]);
  });

  it('applied to an app adds one document and one association for each key to each stack that has instances', () => {
    const { app, web, db } = makeApp();
    const empty = new Stack(app, 'Empty');
    Mixins.of(app).apply(new SshKeepaliveMixin());
    expect([web, db, empty].map((stack) => count(stack, 'AWS::SSM::Document'))).toEqual([1, 1, 0]);
    expect([web, db, empty].map((stack) => count(stack, 'AWS::SSM::Association'))).toEqual([2, 1, 0]);
    expect([web, db].map((stack) => warnings(stack))).toEqual([[], []]);
    const targets = Object.values(Template.fromStack(web).findResources('AWS::SSM::Association')).map(
      (resource) => (resource as { Properties: { Targets: unknown } }).Properties.Targets,
    );
    expect(targets).toEqual([
      [{ Key: 'tag:cdk-ssh-keepalive', Values: ['Web/SshKeepaliveMixin'] }],
      [
        {
          Key: 'tag:aws:autoscaling:groupName',
          Values: [{ Ref: expect.stringMatching(/^WorkersASG/) as string }],
        },
      ],
    ]);
  });

  it('applied twice, by one object or by two equal ones, changes nothing more', () => {
    const [once, twice] = [makeApp(), makeApp()];
    Mixins.of(once.app).apply(new SshKeepaliveMixin());
    const mixin = new SshKeepaliveMixin();
    Mixins.of(twice.app).apply(mixin).apply(mixin).apply(new SshKeepaliveMixin());
    for (const stack of ['web', 'db'] as const) {
      expect(Template.fromStack(twice[stack]).toJSON()).toEqual(Template.fromStack(once[stack]).toJSON());
    }
  });

  it('skips Windows with a note that can be acknowledged', () => {
    const { app, web } = makeApp();
    Mixins.of(app).apply(new SshKeepaliveMixin());
    const notes = Annotations.fromStack(web).findInfo('*', Match.stringLikeRegexp('runs Windows and is skipped'));
    expect(notes.map(({ id }) => id)).toEqual(['/Web/Desktop', '/Web/Desktops']);
    expect(JSON.stringify(notes[0])).toContain('[ack: cdk-ssh-keepalive:SshKeepaliveMixin.windows]');
  });

  it('does not interrupt anything: no user data changes, nothing is replaced, no launch template is touched', () => {
    const [before, after] = [makeApp(), makeApp()];
    Mixins.of(after.app).apply(new SshKeepaliveMixin());
    const [old, now] = [resourcesButTags(before.web), resourcesButTags(after.web)];
    const added = Object.entries(now).filter(([id]) => !(id in old));
    expect(added.map(([, { Type }]) => Type).sort()).toEqual([
      'AWS::IAM::Policy',
      'AWS::SSM::Association',
      'AWS::SSM::Association',
      'AWS::SSM::Document',
    ]);
    for (const [id] of added) delete now[id];
    expect(now).toEqual(old);
  });

  it('skips instances that an SshKeepalive targets already', () => {
    const stack = new Stack(new App(), 'Web');
    const [one] = [makeInstance(stack, 'One'), makeInstance(stack, 'Two')];
    new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.existingInstance(one)] });
    Mixins.of(stack).apply(new SshKeepaliveMixin());
    const tags = Object.values(Template.fromStack(stack).findResources('AWS::EC2::Instance')).map((resource) =>
      (resource as { Properties: { Tags: { Key: string; Value: string }[] } }).Properties.Tags.find(
        ({ Key }) => Key === 'cdk-ssh-keepalive',
      ),
    );
    expect(tags.map((tag) => tag?.Value)).toEqual(['Web/SshKeepalive', 'Web/SshKeepaliveMixin']);
  });

  it('skips the groups of a launch template that an SshKeepalive targets', () => {
    const stack = new Stack(new App(), 'Web');
    const template = new ec2.LaunchTemplate(stack, 'Template', { instanceType: T3, machineImage: LINUX });
    new autoscaling.AutoScalingGroup(stack, 'Workers', { vpc: vpcOf(stack), launchTemplate: template });
    new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.launchTemplate(template)] });
    Mixins.of(stack).apply(new SshKeepaliveMixin());
    expect(count(stack, 'AWS::SSM::Association')).toBe(1);
  });

  it('supports L1 instances and groups, whose roles are not known', () => {
    const stack = new Stack(new App(), 'Web');
    new ec2.CfnInstance(stack, 'Instance', { imageId: 'ami-0123456789abcdef0' }).with(new SshKeepaliveMixin());
    new autoscaling.CfnAutoScalingGroup(stack, 'Group', { minSize: '1', maxSize: '1' }).with(new SshKeepaliveMixin());
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::Instance', {
      Tags: [{ Key: 'cdk-ssh-keepalive', Value: 'Web/SshKeepaliveMixin' }],
    });
    expect(count(stack, 'AWS::SSM::Association')).toBe(2);
    const roles = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('The role of the .* is not known'),
    );
    expect(roles).toHaveLength(2);
  });

  it('recognizes an L1 as that of its L2, in whichever order they are visited', () => {
    const stack = new Stack(new App(), 'Web');
    const mixin = new SshKeepaliveMixin();
    const instance = makeInstance(stack, 'One');
    mixin.applyTo(instance.instance);
    mixin.applyTo(instance);
    expect(warnings(stack)).toEqual([]);
    expect(count(stack, 'AWS::IAM::Policy')).toBe(1);
  });

  it('must have the same settings in the same stack', () => {
    const stack = new Stack(new App(), 'Web');
    const strict = { keepalive: ServerKeepalive.of({ interval: Duration.seconds(15), countMax: 3 }) };
    makeInstance(stack, 'One').with(new SshKeepaliveMixin());
    const two = makeInstance(stack, 'Two');
    expect(() => two.with(new SshKeepaliveMixin(strict))).toThrow(
      'Web/SshKeepaliveMixin exists with other settings, and a stack has one SshKeepaliveMixin.',
    );
  });

  it('must have the same settings where instances are targeted by another mixin', () => {
    const { app, web } = makeApp();
    const strict = { keepalive: ServerKeepalive.of({ interval: Duration.seconds(15), countMax: 3 }) };
    Mixins.of(web).apply(new SshKeepaliveMixin(strict));
    expect(() => Mixins.of(web).apply(new SshKeepaliveMixin(strict))).not.toThrow();
    expect(() => Mixins.of(app).apply(new SshKeepaliveMixin())).toThrow(
      'SshKeepaliveMixin: the instance Web/One is already targeted by Web/SshKeepaliveMixin, from a mixin with other settings. ' +
        'Use the same settings, or target it by an SshKeepalive',
    );
  });

  it('has the same settings as one that sets a default explicitly', () => {
    const stack = new Stack(new App(), 'Web');
    makeInstance(stack, 'One').with(new SshKeepaliveMixin());
    for (const [id, options] of Object.entries({
      Keepalive: { keepalive: ServerKeepalive.DEFAULT },
      Action: { action: SshKeepaliveAction.APPLY },
      Permissions: { permissions: SshKeepalivePermissions.WORKING_SET },
      MaxErrors: { maxErrors: RateLimit.percentage(10) },
    })) {
      makeInstance(stack, id).with(new SshKeepaliveMixin(options));
    }
    expect(count(stack, 'AWS::SSM::Association')).toBe(1);
  });

  it.each([
    ['permissions', (): SshKeepaliveOptions => ({ permissions: SshKeepalivePermissions.NONE })],
    ['outputBucket', (stack: Stack): SshKeepaliveOptions => ({ outputBucket: new s3.Bucket(stack, 'Bucket') })],
  ])('must have the same %s in the same stack', (_, options) => {
    const stack = new Stack(new App(), 'Web');
    makeInstance(stack, 'One').with(new SshKeepaliveMixin());
    const two = makeInstance(stack, 'Two');
    expect(() => two.with(new SshKeepaliveMixin(options(stack)))).toThrow('exists with other settings');
  });

  it('passes its settings on', () => {
    const stack = new Stack(new App(), 'Web');
    makeInstance(stack, 'One').with(
      new SshKeepaliveMixin({ keepalive: ServerKeepalive.of({ interval: Duration.seconds(15), countMax: 3 }) }),
    );
    Template.fromStack(stack).hasResourceProperties('AWS::SSM::Association', {
      Parameters: { Action: ['Apply'], ClientAliveInterval: ['15'], ClientAliveCountMax: ['3'] },
    });
  });
});

describe('SshKeepaliveMixin that finds no instance', () => {
  const nothingApplied = (stack: Stack) =>
    Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('SshKeepaliveMixin was applied to'))
      .map(({ id, entry }) => [id, entry.data]);
  const ACK = '[ack: cdk-ssh-keepalive:SshKeepaliveMixin.nothingApplied]';

  it('issues a warning with the instance that was added after it', () => {
    const app = new App();
    const stack = new Stack(app, 'Web');
    Mixins.of(app).apply(new SshKeepaliveMixin());
    makeInstance(stack, 'Late');
    expect(nothingApplied(stack)).toEqual([
      [
        '/Web/Vpc',
        'SshKeepaliveMixin was applied to the app, but there was no instance or Auto Scaling group. Web/Late was added ' +
          `afterwards. Apply the mixin after it, for example in the last line of the app. ${ACK}`,
      ],
    ]);
  });

  it('issues a warning at the construct that it was applied to, also when no instance was added', () => {
    const stack = new Stack(new App(), 'Web');
    const queue = new sqs.Queue(stack, 'Queue');
    queue.with(new SshKeepaliveMixin());
    expect(nothingApplied(stack)).toEqual([
      ['/Web/Queue/Resource', expect.stringContaining('applied to Web/Queue, but')],
    ]);
  });

  it('issues no warning when it was applied again after the instances were added', () => {
    const app = new App();
    const stack = new Stack(app, 'Web');
    const mixin = new SshKeepaliveMixin();
    Mixins.of(app).apply(mixin);
    makeInstance(stack, 'Late');
    Mixins.of(app).apply(mixin);
    expect(warnings(stack)).toEqual([]);
  });

  it('issues no warning when all instances are skipped or targeted already', () => {
    const app = new App();
    const stack = new Stack(app, 'Web');
    const instance = makeInstance(stack, 'One');
    new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.existingInstance(instance)] });
    makeInstance(stack, 'Desktop', WINDOWS);
    Mixins.of(app).apply(new SshKeepaliveMixin());
    expect(warnings(stack)).toEqual([]);
  });

  it('issues its warning in each app, and the warning can be acknowledged', () => {
    const mixin = new SshKeepaliveMixin();
    const [one, two] = [new Stack(new App(), 'One'), new Stack(new App(), 'Two')];
    makeInstance(one, 'Instance');
    new sqs.Queue(two, 'Queue');
    for (const stack of [one, two]) Mixins.of(stack.node.root).apply(mixin);
    expect([nothingApplied(one), nothingApplied(two)]).toEqual([[], [['/Two/Queue', expect.stringContaining(ACK)]]]);

    const acknowledged = new Stack(new App(), 'Acknowledged');
    new sqs.Queue(acknowledged, 'Queue');
    Mixins.of(acknowledged.node.root).apply(new SshKeepaliveMixin());
    CoreAnnotations.of(acknowledged).acknowledgeWarning('cdk-ssh-keepalive:SshKeepaliveMixin.nothingApplied', 'later');
    expect(nothingApplied(acknowledged)).toEqual([]);
  });
});
