import { App, Duration, Mixins, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ServerKeepalive, SshKeepalive, SshKeepaliveMixin, SshKeepaliveTarget } from '../lib';

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

/** How often a type is in a stack. */
function count(stack: Stack, type: string): number {
  return Object.keys(Template.fromStack(stack).findResources(type)).length;
}

/** The resources of a stack, instances without their tags. */
function resourcesButTags(stack: Stack): Record<string, unknown> {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Properties: object }> };
  for (const resource of Object.values(Resources)) delete (resource.Properties as { Tags?: unknown } | undefined)?.Tags;
  return Resources;
}

const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.anyValue());

/** An app with instances and groups in two stacks, some of which are for Windows. */
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
    const notes = Annotations.fromStack(web).findInfo('*', Match.stringLikeRegexp('is for Windows and is left out'));
    expect(notes.map(({ id }) => id)).toEqual(['/Web/Desktop', '/Web/Desktops']);
    expect(JSON.stringify(notes[0])).toContain('[ack: cdk-ssh-keepalive:SshKeepaliveMixin.windows]');
  });

  it('does not interrupt anything: no user data changes, nothing is replaced, no launch template is touched', () => {
    const [before, after] = [makeApp(), makeApp()];
    Mixins.of(after.app).apply(new SshKeepaliveMixin());
    const [old, now] = [before, after].map(({ web }) => resourcesButTags(web));
    expect(now).toMatchObject(old!);
  });

  it('leaves to an SshKeepalive what it reaches already', () => {
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

  it('leaves the groups of a launch template to the SshKeepalive that reaches the template', () => {
    const stack = new Stack(new App(), 'Web');
    const template = new ec2.LaunchTemplate(stack, 'Template', { instanceType: T3, machineImage: LINUX });
    new autoscaling.AutoScalingGroup(stack, 'Workers', { vpc: vpcOf(stack), launchTemplate: template });
    new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.launchTemplate(template)] });
    Mixins.of(stack).apply(new SshKeepaliveMixin());
    expect(count(stack, 'AWS::SSM::Association')).toBe(1);
  });

  it('takes L1 instances and groups, whose roles it does not know', () => {
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

  it('recognises an L1 as that of its L2, in whichever order they are visited', () => {
    const stack = new Stack(new App(), 'Web');
    const mixin = new SshKeepaliveMixin();
    const instance = makeInstance(stack, 'One');
    mixin.applyTo(instance.instance);
    mixin.applyTo(instance);
    expect(warnings(stack)).toEqual([]);
    expect(count(stack, 'AWS::IAM::Policy')).toBe(1);
  });

  it('refuses other settings in the same stack', () => {
    const stack = new Stack(new App(), 'Web');
    const strict = { server: ServerKeepalive.of({ interval: Duration.seconds(15), countMax: 3 }) };
    makeInstance(stack, 'One').with(new SshKeepaliveMixin());
    const two = makeInstance(stack, 'Two');
    expect(() => two.with(new SshKeepaliveMixin(strict))).toThrow(
      'Web/SshKeepaliveMixin was made by an SshKeepaliveMixin with other settings, and a stack has one.',
    );
  });

  it('passes its settings on', () => {
    const stack = new Stack(new App(), 'Web');
    makeInstance(stack, 'One').with(
      new SshKeepaliveMixin({ server: ServerKeepalive.of({ interval: Duration.seconds(15), countMax: 3 }) }),
    );
    Template.fromStack(stack).hasResourceProperties('AWS::SSM::Association', {
      Parameters: { Action: ['Apply'], ClientAliveInterval: ['15'], ClientAliveCountMax: ['3'] },
    });
  });
});
