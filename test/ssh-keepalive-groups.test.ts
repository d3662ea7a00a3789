import { App, CfnWaitConditionHandle, Resource as CdkResource, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { SshKeepalive, SshKeepaliveTarget, ServerKeepalive } from '../lib';

const T3 = new ec2.InstanceType('t3.micro');
const LINUX = ec2.MachineImage.latestAmazonLinux2023();
const WINDOWS = ec2.MachineImage.latestWindows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE);
const FIRST_BOOT = { firstBoot: ServerKeepalive.DEFAULT };

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

function makeStack(id = 'Web', app = new App()): Stack {
  return new Stack(app, id);
}

function vpcOf(stack: Stack): ec2.IVpc {
  return (stack.node.tryFindChild('Vpc') as ec2.Vpc | undefined) ?? new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });
}

function makeInstance(stack: Stack, props: Partial<ec2.InstanceProps> = {}): ec2.Instance {
  return new ec2.Instance(stack, 'Instance', { vpc: vpcOf(stack), instanceType: T3, machineImage: LINUX, ...props });
}

function makeGroup(
  stack: Stack,
  id = 'Group',
  props: Partial<autoscaling.AutoScalingGroupProps> = {},
): autoscaling.AutoScalingGroup {
  const launch = props.launchTemplate ? {} : { instanceType: T3, machineImage: LINUX };
  return new autoscaling.AutoScalingGroup(stack, id, { vpc: vpcOf(stack), ...launch, ...props });
}

function makeLaunchTemplate(stack: Stack, props: ec2.LaunchTemplateProps = {}): ec2.LaunchTemplate {
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  return new ec2.LaunchTemplate(stack, 'Template', { instanceType: T3, machineImage: LINUX, role, ...props });
}

const add = (stack: Stack, ...targets: SshKeepaliveTarget[]) => new SshKeepalive(stack, 'SshKeepalive', { targets });

function resourcesOf(stack: Stack): Record<string, Resource> {
  return (Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> }).Resources;
}

/** The targets of all associations of a stack. */
function targetsOf(stack: Stack): unknown[] {
  return Object.values(resourcesOf(stack))
    .filter(({ Type }) => Type === 'AWS::SSM::Association')
    .flatMap(({ Properties }) => Properties.Targets);
}

/** The changes of a stack by a construct with these targets: types of added resources, and changed properties of others. */
function changesBy(make: (stack: Stack) => SshKeepaliveTarget[]): string[] {
  const before = makeStack();
  make(before);
  const after = makeStack();
  add(after, ...make(after));
  const old = resourcesOf(before);
  return Object.entries(resourcesOf(after)).flatMap(([id, resource]) => {
    if (!old[id]) return [`+ ${resource.Type}`];
    return Object.keys({ ...old[id].Properties, ...resource.Properties })
      .filter((key) => JSON.stringify(old[id]!.Properties[key]) !== JSON.stringify(resource.Properties[key]))
      .map((key) => `~ ${resource.Type} ${key}`);
  });
}

const warningsOf = (stack: Stack) =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => entry.data as string);

describe('An Auto Scaling group', () => {
  it('is targeted by the tag of its instances, and nothing of it changes', () => {
    const group = (stack: Stack) => [SshKeepaliveTarget.autoScalingGroup(makeGroup(stack))];
    expect(changesBy(group)).toEqual(['+ AWS::SSM::Document', '+ AWS::IAM::Policy', '+ AWS::SSM::Association']);
    const stack = makeStack();
    add(stack, ...group(stack));
    expect(targetsOf(stack)).toEqual([
      { Key: 'tag:aws:autoscaling:groupName', Values: [{ Ref: expect.stringMatching(/^GroupASG/) as string }] },
    ]);
  });

  it('shares an association and a policy with others', () => {
    const stack = makeStack();
    add(stack, ...['A', 'B', 'C'].map((id) => SshKeepaliveTarget.autoScalingGroup(makeGroup(stack, id))));
    const [target, ...others] = targetsOf(stack) as { Values: unknown[] }[];
    expect(target!.Values).toHaveLength(3);
    expect(others).toEqual([]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [Match.anyValue(), Match.anyValue(), Match.anyValue()],
    });
  });

  it('has a first boot on request only, with a warning when that replaces its instances', () => {
    const plain = makeStack();
    add(plain, SshKeepaliveTarget.autoScalingGroup(makeGroup(plain), FIRST_BOOT));
    expect(warningsOf(plain)).toEqual([]);
    Template.fromStack(plain).hasResourceProperties('AWS::AutoScaling::LaunchConfiguration', {
      UserData: { 'Fn::Base64': Match.stringLikeRegexp('# cdk-ssh-keepalive first boot') },
    });

    const rolling = makeStack();
    const updatePolicy = autoscaling.UpdatePolicy.rollingUpdate({ maxBatchSize: 3 });
    add(rolling, SshKeepaliveTarget.autoScalingGroup(makeGroup(rolling, 'Group', { updatePolicy }), FIRST_BOOT));
    expect(warningsOf(rolling)).toEqual([
      expect.stringMatching(
        /^First boot changes the user data of the Auto Scaling group Web\/Group\. Its update policy then replaces all its running instances, 3 at a time\. .*\[ack: cdk-ssh-keepalive:SshKeepalive\.firstBootReplacesInstances\]$/,
      ),
    ]);

    const replacing = makeStack();
    const replace = { updatePolicy: autoscaling.UpdatePolicy.replacingUpdate() };
    add(replacing, SshKeepaliveTarget.autoScalingGroup(makeGroup(replacing, 'Group', replace), FIRST_BOOT));
    expect(warningsOf(replacing)).toEqual([
      expect.stringContaining('Its update policy then replaces the whole group.'),
    ]);
  });

  it('causes no warning without a first boot, whatever its update policy', () => {
    const stack = makeStack();
    const updatePolicy = autoscaling.UpdatePolicy.rollingUpdate();
    add(stack, SshKeepaliveTarget.autoScalingGroup(makeGroup(stack, 'Group', { updatePolicy })));
    expect(warningsOf(stack)).toEqual([]);
  });

  it('with a launch template has the role of that, also with a mixed instances policy', () => {
    for (const mixed of [false, true]) {
      const stack = makeStack();
      const launchTemplate = makeLaunchTemplate(stack);
      const launch = mixed ? { mixedInstancesPolicy: { launchTemplate } } : { launchTemplate };
      const group = new autoscaling.AutoScalingGroup(stack, 'Group', { vpc: vpcOf(stack), ...launch });
      add(stack, SshKeepaliveTarget.autoScalingGroup(group));
      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
        Roles: [{ Ref: stack.getLogicalId(launchTemplate.role!.node.defaultChild as iam.CfnRole) }],
      });
    }
  });

  it('that is imported is targeted by its name, with a warning about its role', () => {
    const stack = makeStack();
    const group = autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, 'Group', 'workers');
    add(stack, SshKeepaliveTarget.autoScalingGroup(group));
    expect(targetsOf(stack)).toEqual([{ Key: 'tag:aws:autoscaling:groupName', Values: ['workers'] }]);
    expect(warningsOf(stack)).toEqual([
      expect.stringMatching(
        /^The role of the Auto Scaling group Web\/Group is not known at synthesis and is not changed\. .*ssm:ListInstanceAssociations.*\[ack: cdk-ssh-keepalive:SshKeepalive\.unknownRole\]$/,
      ),
    ]);
  });

  it('must not run Windows', () => {
    const stack = makeStack();
    const group = makeGroup(stack, 'Group', { machineImage: WINDOWS });
    expect(() => SshKeepaliveTarget.autoScalingGroup(group)).toThrow(
      'SshKeepaliveTarget.autoScalingGroup: Web/Group must run Linux, got: Windows.',
    );
  });

  it('must not be targeted by one SshKeepalive directly and by another by a tag of its instances', () => {
    const stack = makeStack();
    const group = makeGroup(stack);
    Tags.of(group).add('team', 'web');
    add(stack, SshKeepaliveTarget.autoScalingGroup(group));
    new SshKeepalive(stack, 'Other', { targets: [SshKeepaliveTarget.tag('team', 'web')] });
    expect(() => Template.fromStack(stack)).toThrow(
      'Web/SshKeepalive: the Auto Scaling group Web/Group, which has the tag team=web, is already targeted by Web/Other.',
    );
  });
});

describe('A launch template', () => {
  it('is targeted by the tag that EC2 adds to its instances, and nothing of it changes', () => {
    const template = (stack: Stack) => [SshKeepaliveTarget.launchTemplate(makeLaunchTemplate(stack))];
    expect(changesBy(template)).toEqual(['+ AWS::SSM::Document', '+ AWS::IAM::Policy', '+ AWS::SSM::Association']);
    const stack = makeStack();
    add(stack, ...template(stack));
    expect(targetsOf(stack)).toEqual([
      { Key: 'tag:aws:ec2launchtemplate:id', Values: [{ Ref: expect.stringMatching(/^Template/) as string }] },
    ]);
    expect(warningsOf(stack)).toEqual([]);
  });

  it('has a first boot on request only, where it has user data, with a warning about users of its latest version', () => {
    const stack = makeStack();
    const template = makeLaunchTemplate(stack, { userData: ec2.UserData.forLinux() });
    add(stack, SshKeepaliveTarget.launchTemplate(template, FIRST_BOOT));
    expect(warningsOf(stack)).toEqual([
      expect.stringContaining('It creates a new version of the launch template: groups'),
    ]);
    const bare = makeStack();
    const target = SshKeepaliveTarget.launchTemplate(makeLaunchTemplate(bare), FIRST_BOOT);
    expect(() => add(bare, target)).toThrow(
      'First boot: the user data of the launch template Web/Template is not known at synthesis.',
    );
  });

  it('of several groups is a target instead of them, not in addition to one of them', () => {
    const stack = makeStack();
    const launchTemplate = makeLaunchTemplate(stack);
    const [one] = [makeGroup(stack, 'One', { launchTemplate }), makeGroup(stack, 'Two', { launchTemplate })];
    add(stack, SshKeepaliveTarget.launchTemplate(launchTemplate), SshKeepaliveTarget.autoScalingGroup(one));
    expect(() => Template.fromStack(stack)).toThrow(
      'Web/SshKeepalive: the Auto Scaling group Web/One (also by its launch template) is targeted twice. Specify each target once.',
    );
  });

  it('that is imported must have its id', () => {
    const stack = makeStack();
    const imported = (attributes: ec2.LaunchTemplateAttributes) =>
      ec2.LaunchTemplate.fromLaunchTemplateAttributes(stack, JSON.stringify(attributes), attributes);
    add(stack, SshKeepaliveTarget.launchTemplate(imported({ launchTemplateId: 'lt-0123456789abcdef0' })));
    expect(targetsOf(stack)).toEqual([{ Key: 'tag:aws:ec2launchtemplate:id', Values: ['lt-0123456789abcdef0'] }]);
    expect(() => SshKeepaliveTarget.launchTemplate(imported({ launchTemplateName: 'workers' }))).toThrow(
      'is imported by its name, but its instances are tagged with its id. Import it with launchTemplateId.',
    );
  });

  it('must not run Windows', () => {
    const template = makeLaunchTemplate(makeStack(), { machineImage: WINDOWS });
    expect(() => SshKeepaliveTarget.launchTemplate(template)).toThrow(
      'SshKeepaliveTarget.launchTemplate: Web/Template must run Linux, got: Windows.',
    );
  });
});

describe('A bastion host', () => {
  it('is an instance like others, whose role gets the permissions that its own policy lacks', () => {
    const bastion = (stack: Stack) => new ec2.BastionHostLinux(stack, 'Bastion', { vpc: vpcOf(stack) });
    expect(changesBy((stack) => [SshKeepaliveTarget.existingInstance(bastion(stack))])).toEqual([
      '~ AWS::EC2::Instance Tags',
      '+ AWS::SSM::Document',
      '+ AWS::IAM::Policy',
      '+ AWS::SSM::Association',
    ]);
    const stack = makeStack();
    add(stack, SshKeepaliveTarget.newInstance(bastion(stack)));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::Instance', {
      UserData: { 'Fn::Base64': Match.stringLikeRegexp('# cdk-ssh-keepalive first boot') },
    });
  });
});

describe('An instance of another stack', () => {
  it('gets its tag and its policy there, without an export or a dependency between the stacks', () => {
    const app = new App();
    const [web, other] = [makeStack('Web', app), makeStack('Other', app)];
    add(web, SshKeepaliveTarget.existingInstance(makeInstance(other)));
    const assembly = app.synth();
    expect(assembly.getStackByName('Web').dependencies.map(({ id }) => id)).toEqual(['Web.assets']);
    expect(assembly.getStackByName('Other').dependencies.map(({ id }) => id)).toEqual(['Other.assets']);
    expect(Object.values(resourcesOf(web)).map(({ Type }) => Type)).toEqual([
      'AWS::SSM::Document',
      'AWS::SSM::Association',
    ]);
    const template = Template.fromStack(other);
    expect(Object.keys(template.findOutputs('*'))).toEqual([]);
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.hasResourceProperties('AWS::EC2::Instance', {
      Tags: Match.arrayWith([{ Key: 'cdk-ssh-keepalive', Value: 'Web/SshKeepalive' }]),
    });
  });

  it('must be in the same account and Region', () => {
    const app = new App();
    const [here, there] = ['us-east-1', 'eu-west-1'].map(
      (region) => new Stack(app, region, { env: { account: '123456789012', region } }),
    );
    const target = SshKeepaliveTarget.existingInstance(makeInstance(there!));
    expect(() => add(here!, target)).toThrow(
      'us-east-1/SshKeepalive: the instance eu-west-1/Instance must be in the region us-east-1, got: eu-west-1. Add an SshKeepalive to eu-west-1.',
    );
  });
});

describe('An instance that the app does not create', () => {
  /** As an app implements it: aws-cdk-lib 2.241 cannot import an instance. */
  class ImportedInstance extends CdkResource implements ec2.IInstance {
    public readonly instanceId = 'i-0123456789abcdef0';
    public readonly instanceRef = { instanceId: this.instanceId };
    public readonly instanceAvailabilityZone = 'us-east-1a';
    public readonly instancePrivateDnsName = 'private';
    public readonly instancePrivateIp = '10.0.0.1';
    public readonly instancePublicDnsName = 'public';
    public readonly instancePublicIp = '192.0.2.1';
    public readonly connections = new ec2.Connections();
    public readonly grantPrincipal = new iam.UnknownPrincipal({ resource: this });
  }

  it('is targeted by its id, and is an error as a construct', () => {
    const stack = makeStack();
    const imported = new ImportedInstance(stack, 'Imported');
    const message =
      "must be an Instance or a BastionHostLinux of the app, got: ImportedInstance 'Web/Imported'. For an imported " +
      'instance use SshKeepaliveTarget.instanceIds or SshKeepaliveTarget.tag.';
    expect(() => SshKeepaliveTarget.existingInstance(imported)).toThrow(
      new Error(`SshKeepaliveTarget.existingInstance: instance ${message}`),
    );
    expect(() => SshKeepaliveTarget.newInstance(imported)).toThrow(
      new Error(`SshKeepaliveTarget.newInstance: instance ${message}`),
    );
    add(stack, SshKeepaliveTarget.instanceIds(imported.instanceId));
    expect(targetsOf(stack)).toEqual([{ Key: 'InstanceIds', Values: ['i-0123456789abcdef0'] }]);
  });
});

describe('A resource group', () => {
  it('is targeted by its name', () => {
    const stack = makeStack();
    add(stack, SshKeepaliveTarget.resourceGroup('web'), SshKeepaliveTarget.resourceGroup('db'));
    expect(targetsOf(stack)).toEqual([
      { Key: 'resource-groups:Name', Values: ['web'] },
      { Key: 'resource-groups:Name', Values: ['db'] },
    ]);
    expect(() => SshKeepaliveTarget.resourceGroup('')).toThrow(
      'SshKeepaliveTarget.resourceGroup: name must have 1 to 300 characters, got: 0 characters',
    );
  });
});

describe('User data that is longer than the limit of EC2', () => {
  it('is an error at synthesis with advice, also when commands were added afterwards', () => {
    const stack = makeStack();
    const instance = makeInstance(stack);
    add(stack, SshKeepaliveTarget.newInstance(instance));
    instance.userData.addCommands('#'.repeat(14_000));
    expect(() => Template.fromStack(stack)).toThrow(
      /First boot: the user data of the instance Web\/Instance must have at most 16384 bytes, which is the limit of EC2, got: 16\d{3} bytes\. Move a part of it into an asset/,
    );
  });

  it('is counted without its tokens', () => {
    const stack = makeStack();
    const instance = makeInstance(stack);
    instance.userData.addCommands(`echo ${stack.stackId}`, '#'.repeat(14_000));
    add(stack, SshKeepaliveTarget.newInstance(instance));
    expect(() => Template.fromStack(stack)).toThrow('must have at most 16384 bytes');
  });

  it('is allowed up to the last byte of the limit', () => {
    const stack = makeStack();
    const instance = makeInstance(stack);
    add(stack, SshKeepaliveTarget.newInstance(instance));
    instance.userData.addCommands('#'.repeat(16_384 - Buffer.byteLength(instance.userData.render()) - 1));
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('A stack that is full', () => {
  /** A stack with a bastion host and other resources, 499 in total. */
  const makeFullStack = (app: App): { stack: Stack; bastion: ec2.BastionHostLinux } => {
    const make = (stack: Stack) => new ec2.BastionHostLinux(stack, 'Bastion', { vpc: vpcOf(stack) });
    const alone = makeStack();
    make(alone);
    const stack = makeStack('Full', app);
    const bastion = make(stack);
    for (let n = Object.keys(resourcesOf(alone)).length; n < 499; n++) new CfnWaitConditionHandle(stack, `Handle${n}`);
    return { stack, bastion };
  };

  it('is an error with the limit', () => {
    const app = new App();
    const { stack, bastion } = makeFullStack(app);
    add(stack, SshKeepaliveTarget.existingInstance(bastion));
    expect(() => app.synth()).toThrow(
      "Number of resources in stack 'Full': 502 is greater than allowed maximum of 500",
    );
  });

  it('can have its SshKeepalive in another stack, which adds one policy', () => {
    const app = new App();
    const { stack, bastion } = makeFullStack(app);
    add(makeStack('Beside', app), SshKeepaliveTarget.existingInstance(bastion));
    app.synth();
    expect(Object.keys(resourcesOf(stack))).toHaveLength(500);
  });
});
