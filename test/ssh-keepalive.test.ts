import {
  App,
  Aws,
  CfnDynamicReference,
  CfnDynamicReferenceService,
  CfnParameter,
  Duration,
  Lazy,
  Stack,
  Stage,
  Tags,
  Token,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import {
  ComplianceSeverity,
  RateLimit,
  ServerKeepalive,
  SshKeepalive,
  SshKeepaliveAction,
  SshKeepalivePermissions,
  type SshKeepaliveProps,
  SshKeepaliveTarget,
} from '../lib';

const TAGGED = SshKeepaliveTarget.tag('ssh-keepalive', 'true');

function makeStack(id = 'Web'): Stack {
  return new Stack(new App(), id);
}

function makeInstance(stack: Stack, id: string, props: Partial<ec2.InstanceProps> = {}): ec2.Instance {
  const vpc = (stack.node.tryFindChild('Vpc') ?? new ec2.Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0 })) as ec2.Vpc;
  return new ec2.Instance(stack, id, {
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    ...props,
  });
}

/** The template of a stack that holds an SshKeepalive, for instances by tag by default. */
function templateOf(props: Partial<SshKeepaliveProps> = {}): Template {
  const stack = makeStack();
  new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], ...props });
  return Template.fromStack(stack);
}

const association = (properties: object) => ['AWS::SSM::Association', properties] as const;

function only(template: Template, type: string): Record<string, unknown> {
  const [resource, ...rest] = Object.values(template.findResources(type));
  expect(rest).toEqual([]);
  return (resource as { Properties: Record<string, unknown> }).Properties;
}

describe('SshKeepalive by default', () => {
  it('is one document and one association, and nothing else', () => {
    const types = Object.values((templateOf().toJSON() as { Resources: Record<string, { Type: string }> }).Resources);
    expect(types.map(({ Type }) => Type).sort()).toEqual(['AWS::SSM::Association', 'AWS::SSM::Document']);
  });

  it('associates the tagged instances carefully', () => {
    expect(only(templateOf(), 'AWS::SSM::Association')).toMatchInlineSnapshot(`
     {
       "AssociationName": "cdk-ssh-keepalive",
       "ComplianceSeverity": "MEDIUM",
       "MaxConcurrency": "10%",
       "MaxErrors": "10%",
       "Name": {
         "Ref": "SshKeepaliveDocument476F0B68",
       },
       "Parameters": {
         "Action": [
           "Apply",
         ],
         "ClientAliveCountMax": [
           "120",
         ],
         "ClientAliveInterval": [
           "60",
         ],
       },
       "ScheduleExpression": "rate(1 day)",
       "SyncCompliance": "AUTO",
       "Targets": [
         {
           "Key": "tag:ssh-keepalive",
           "Values": [
             "true",
           ],
         },
       ],
     }
    `);
  });

  it('applies the settings of the article', () => {
    templateOf().hasResourceProperties(
      ...association({
        Parameters: { Action: ['Apply'], ClientAliveInterval: ['60'], ClientAliveCountMax: ['120'] },
      }),
    );
  });

  it('raises neither errors nor warnings', () => {
    const stack = makeStack();
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED] });
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
  });

  it('gives the name of its document', () => {
    const stack = makeStack();
    const keepalive = new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED] });
    const [logicalId] = Object.keys(Template.fromStack(stack).findResources('AWS::SSM::Document'));
    expect(stack.resolve(keepalive.documentName)).toEqual({ Ref: logicalId });
  });
});

describe('The properties of SshKeepalive', () => {
  it('keepalive: are parameters of the association', () => {
    templateOf({ keepalive: ServerKeepalive.STIG }).hasResourceProperties(
      ...association({ Parameters: { ClientAliveInterval: ['60'], ClientAliveCountMax: ['1'] } }),
    );
  });

  it('keepalive: may be a CloudFormation parameter', () => {
    const stack = makeStack();
    const interval = new CfnParameter(stack, 'Interval', { type: 'Number' });
    const countMax = new CfnParameter(stack, 'CountMax', { type: 'Number' });
    const keepalive = ServerKeepalive.of({
      interval: Duration.seconds(interval.valueAsNumber),
      countMax: countMax.valueAsNumber,
    });
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], keepalive });
    Template.fromStack(stack).hasResourceProperties(
      ...association({
        Parameters: { ClientAliveInterval: [{ Ref: 'Interval' }], ClientAliveCountMax: [{ Ref: 'CountMax' }] },
      }),
    );
  });

  it('keepalive: may be a dynamic reference, which CloudFormation resolves at each deployment', () => {
    const stack = makeStack();
    const latest = ssm.StringParameter.valueForStringParameter(stack, '/ssh/interval');
    const pinned = new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/ssh/count-max:3');
    const keepalive = ServerKeepalive.of({
      interval: Duration.seconds(Token.asNumber(latest)),
      countMax: Token.asNumber(pinned),
    });
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], keepalive });
    const template = Template.fromStack(stack);
    const [parameter] = Object.keys(template.findParameters('*', { Default: '/ssh/interval' }));
    template.hasResourceProperties(
      ...association({
        Parameters: {
          ClientAliveInterval: [{ Ref: parameter }],
          ClientAliveCountMax: ['{{resolve:ssm:/ssh/count-max:3}}'],
        },
      }),
    );
  });

  it('keepalive: must not be a reference that the agent resolves, which older agents do twice', () => {
    const stack = makeStack();
    const countMax = Token.asNumber(Lazy.any({ produce: () => '{{ssm:/ssh/count-max}}' }));
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], keepalive: ServerKeepalive.of({ countMax }) });
    expect(() => Template.fromStack(stack)).toThrow(
      "Web/SshKeepalive: the document's parameter ClientAliveCountMax must not be a reference that the agent resolves, " +
        "got: '{{ssm:/ssh/count-max}}'. Use a dynamic reference of CloudFormation, '{{resolve:ssm:NAME:VERSION}}'.",
    );
  });

  it('keepalive: may be a context lookup, if its first synthesis has a default value', () => {
    const stack = new Stack(new App(), 'Web', { env: { account: '123456789012', region: 'eu-west-1' } });
    const keepaliveOf = (value: string) => ServerKeepalive.of({ interval: Duration.seconds(Number(value)) });
    // The dummy value of the CDK before the lookup.
    const dummy = ssm.StringParameter.valueFromLookup(stack, '/ssh/interval');
    expect(() => keepaliveOf(dummy)).toThrow(
      'interval (ClientAliveInterval) must be whole seconds from 1 to 86400, got: NaN seconds',
    );
    const keepalive = keepaliveOf(ssm.StringParameter.valueFromLookup(stack, '/ssh/interval', '30'));
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], keepalive });
    Template.fromStack(stack).hasResourceProperties(
      ...association({ Parameters: Match.objectLike({ ClientAliveInterval: ['30'] }) }),
    );
  });

  it.each([
    [SshKeepaliveAction.APPLY, 'Apply', '10%'],
    [SshKeepaliveAction.REMOVE, 'Remove', '10%'],
    [SshKeepaliveAction.CHECK, 'Check', '100%'],
  ])('action: %s is the document parameter %s, with %s errors allowed', (action, parameter, maxErrors) => {
    templateOf({ action }).hasResourceProperties(
      ...association({ Parameters: Match.objectLike({ Action: [parameter] }), MaxErrors: maxErrors }),
    );
  });

  it('schedule: a rate or a cron expression', () => {
    // With the optional field for seconds, the day of the month is in the place of the month.
    const withSeconds = 'cron(0 0/30 * 1/1 * ? *)';
    templateOf({ schedule: events.Schedule.expression(withSeconds) }).hasResourceProperties(
      ...association({ ScheduleExpression: withSeconds }),
    );
    templateOf({ schedule: events.Schedule.rate(Duration.minutes(30)) }).hasResourceProperties(
      ...association({ ScheduleExpression: 'rate(30 minutes)' }),
    );
    templateOf({
      schedule: events.Schedule.expression('cron(0 2 ? * SUN *)'),
      applyOnlyAtCronInterval: true,
    }).hasResourceProperties(
      ...association({ ScheduleExpression: 'cron(0 2 ? * SUN *)', ApplyOnlyAtCronInterval: true }),
    );
  });

  it.each([
    [
      { schedule: events.Schedule.rate(Duration.minutes(29)) },
      'Web/SshKeepalive: schedule must be a rate of 30 minutes or longer, got: rate(29 minutes)',
    ],
    [
      { applyOnlyAtCronInterval: true },
      'applyOnlyAtCronInterval requires a schedule that is a cron expression, got: rate(1 day)',
    ],
    [{ maxConcurrency: RateLimit.count(0) }, 'maxConcurrency must be at least 1 or 1%, got: 0'],
    [{ maxConcurrency: RateLimit.percentage(0) }, 'maxConcurrency must be at least 1 or 1%, got: 0%'],
    [
      { waitForSuccessTimeout: Duration.seconds(14) },
      'waitForSuccessTimeout must be whole seconds from 15 to 172800 (2 days), got: 14 seconds',
    ],
    [{ waitForSuccessTimeout: Duration.days(3) }, 'got: 259200 seconds'],
    [
      { schedule: events.Schedule.expression('daily') },
      'schedule must be a rate(...), cron(...) or at(...) expression, got: daily',
    ],
    [
      { schedule: events.Schedule.expression('rate(1 day') },
      'schedule must be a rate(...), cron(...) or at(...) expression, got: rate(1 day',
    ],
    [
      { schedule: events.Schedule.cron({ month: '1', minute: '0', hour: '3' }) },
      'schedule must be a cron expression without months, which State Manager does not support, got: cron(0 3 * 1 ? *)',
    ],
    [
      { schedule: events.Schedule.expression('cron(0 0 3 * 1 ? *)') },
      'schedule must be a cron expression without months, which State Manager does not support, got: cron(0 0 3 * 1 ? *)',
    ],
  ])('are errors when State Manager would refuse them: %j', (props: Partial<SshKeepaliveProps>, message) => {
    expect(() => templateOf(props)).toThrow(message);
  });

  it('maxConcurrency and maxErrors: numbers or percentages', () => {
    templateOf({ maxConcurrency: RateLimit.count(5), maxErrors: RateLimit.count(0) }).hasResourceProperties(
      ...association({ MaxConcurrency: '5', MaxErrors: '0' }),
    );
  });

  it('complianceSeverity, calendarNames and waitForSuccessTimeout: are passed on', () => {
    templateOf({
      complianceSeverity: ComplianceSeverity.HIGH,
      calendarNames: ['Freeze'],
      waitForSuccessTimeout: Duration.minutes(5),
    }).hasResourceProperties(
      ...association({ ComplianceSeverity: 'HIGH', CalendarNames: ['Freeze'], WaitForSuccessTimeoutSeconds: 300 }),
    );
  });

  it('outputBucket: with the permission to write to it', () => {
    const stack = makeStack();
    const key = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: key });
    const instance = makeInstance(stack, 'Instance');
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.existingInstance(instance)],
      outputBucket: bucket,
      outputPrefix: 'ssh',
    });
    const template = Template.fromStack(stack);
    const bucketName = { Ref: stack.getLogicalId(bucket.node.defaultChild as s3.CfnBucket) };
    template.hasResourceProperties(
      ...association({
        OutputLocation: { S3Location: { OutputS3BucketName: bucketName, OutputS3KeyPrefix: 'ssh' } },
      }),
    );
    const statements = (only(template, 'AWS::IAM::Policy').PolicyDocument as { Statement: Record<string, unknown>[] })
      .Statement;
    expect(statements.find(({ Sid }) => Sid === 'WriteOutput')).toMatchObject({
      Action: 's3:PutObject',
      Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucketName.Ref, 'Arn'] }, '/ssh/*']] },
    });
    expect(statements.find(({ Sid }) => Sid === 'EncryptOutput')).toMatchObject({ Action: 'kms:GenerateDataKey' });
  });

  it('outputPrefix: is cdk-ssh-keepalive by default', () => {
    const stack = makeStack();
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], outputBucket: new s3.Bucket(stack, 'Bucket') });
    Template.fromStack(stack).hasResourceProperties(
      ...association({ OutputLocation: { S3Location: { OutputS3KeyPrefix: 'cdk-ssh-keepalive' } } }),
    );
  });

  it('issue a warning about an interval that is longer than the idle timeout of a NAT gateway', () => {
    const stack = makeStack();
    const slow = ServerKeepalive.of({ interval: Duration.seconds(350) });
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.newInstance(makeInstance(stack, 'Instance'), { firstBoot: slow })],
      keepalive: slow,
    });
    const warnings = Annotations.fromStack(stack).findWarning('/Web/SshKeepalive', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringMatching(
        /^ClientAliveInterval is 350 seconds, .*\[ack: cdk-ssh-keepalive:SshKeepalive.intervalTooLong\]$/,
      ),
    ]);
  });
});

describe('The targets of an SshKeepalive', () => {
  it('are one association for each key, however many instances there are', () => {
    const stack = makeStack();
    const instances = Array.from({ length: 20 }, (_, index) => makeInstance(stack, `Instance${index}`));
    const before = Object.keys(Template.fromStack(stack).toJSON().Resources as object).length;
    const after = (() => {
      const again = makeStack();
      const more = instances.map((_, index) => makeInstance(again, `Instance${index}`));
      new SshKeepalive(again, 'SshKeepalive', {
        targets: [
          ...more.map((instance) => SshKeepaliveTarget.existingInstance(instance)),
          SshKeepaliveTarget.tag('team', 'web'),
          SshKeepaliveTarget.tag('team', 'api', 'db'),
        ],
      });
      return Template.fromStack(again);
    })();
    expect(Object.keys(after.toJSON().Resources as object)).toHaveLength(before + 4);
    after.resourceCountIs('AWS::SSM::Association', 2);
    after.hasResourceProperties(...association({ Targets: [{ Key: 'tag:team', Values: ['web', 'api', 'db'] }] }));
    after.hasResourceProperties(
      ...association({ Targets: [{ Key: 'tag:cdk-ssh-keepalive', Values: ['Web/SshKeepalive'] }] }),
    );
  });

  it('instance ids go by 50', () => {
    const ids = Array.from({ length: 51 }, (_, index) => `i-${index.toString(16).padStart(17, '0')}`);
    const template = templateOf({ targets: [SshKeepaliveTarget.instanceIds(...ids)] });
    template.resourceCountIs('AWS::SSM::Association', 2);
    template.hasResourceProperties(...association({ Targets: [{ Key: 'InstanceIds', Values: ids.slice(0, 50) }] }));
    template.hasResourceProperties(...association({ Targets: [{ Key: 'InstanceIds', Values: ids.slice(50) }] }));
  });

  it('tag the instance itself and the document, not its role, profile or security group', () => {
    const stack = makeStack();
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.existingInstance(makeInstance(stack, 'Instance'))],
    });
    const tagged = Object.values(
      (Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string }> }).Resources,
    ).filter((resource) => JSON.stringify(resource).includes('{"Key":"cdk-ssh-keepalive"'));
    expect(tagged.map(({ Type }) => Type)).toEqual(['AWS::EC2::Instance', 'AWS::SSM::Document']);
  });

  it('must not have a tag value that is too long for EC2', () => {
    const stack = new Stack(new App(), 'Web', { stackName: 's'.repeat(115) });
    expect(() => new SshKeepalive(stack, 'x'.repeat(150), { targets: [TAGGED] })).toThrow(
      /: the tag value 's+\/x+' must have at most 256 characters, got: 266\. Use a shorter id /,
    );
  });

  it('tag with the name of the deployed stack, so that two deployments of one app stay apart', () => {
    const stack = new Stack(new App(), 'Web', { stackName: 'web-staging' });
    expect(new SshKeepalive(stack, 'Ssh (keep)', { targets: [TAGGED] }).tagValue).toBe('web-staging/Ssh -keep-');
    const stage = new Stack(new Stage(new App(), 'Prod'), 'Web');
    expect(new SshKeepalive(stage, 'SshKeepalive', { targets: [TAGGED] }).tagValue).toBe('Prod-Web/SshKeepalive');
  });

  it('new instances get the first boot of 60 and 120 whatever keepalive is, existing ones get no user data', () => {
    const stack = makeStack();
    const fresh = makeInstance(stack, 'New');
    const existing = makeInstance(stack, 'Existing');
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.newInstance(fresh), SshKeepaliveTarget.existingInstance(existing)],
      keepalive: ServerKeepalive.STIG,
    });
    expect(fresh.userData.render()).toContain('interval=60\n  count_max=120\n');
    expect(existing.userData.render()).toBe('#!/bin/bash');
  });

  it('new instances may have first-boot constants of their own', () => {
    const stack = makeStack();
    const instance = makeInstance(stack, 'Instance');
    const firstBoot = ServerKeepalive.CIS_AMAZON_LINUX_2023;
    new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.newInstance(instance, { firstBoot })] });
    expect(instance.userData.render()).toContain('interval=15\n  count_max=3\n');
  });

  it('do not change with keepalive: user data and document are the same', () => {
    const resources = (keepalive: ServerKeepalive): Record<string, unknown>[] => {
      const stack = makeStack();
      new SshKeepalive(stack, 'SshKeepalive', {
        targets: [
          SshKeepaliveTarget.newInstance(makeInstance(stack, 'New')),
          SshKeepaliveTarget.existingInstance(makeInstance(stack, 'Existing')),
        ],
        keepalive,
      });
      const template = Template.fromStack(stack);
      expect(Object.keys(template.findResources('AWS::SSM::Association'))).toHaveLength(1);
      const all = (template.toJSON() as { Resources: Record<string, { Type: string }> }).Resources;
      return Object.values(all).filter(({ Type }) => Type !== 'AWS::SSM::Association');
    };
    expect(resources(ServerKeepalive.STIG)).toEqual(resources(ServerKeepalive.DEFAULT));
  });
});

describe('Permissions', () => {
  const withRole = (props: Partial<SshKeepaliveProps>, role?: (stack: Stack) => iam.IRole) => {
    const stack = makeStack();
    const instances = ['A', 'B'].map((id) => makeInstance(stack, id, { role: role?.(stack) }));
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: instances.map((instance) => SshKeepaliveTarget.existingInstance(instance)),
      ...props,
    });
    return stack;
  };

  it('are one inline policy for all roles, with the working set', () => {
    const template = Template.fromStack(withRole({}));
    const policy = only(template, 'AWS::IAM::Policy');
    expect(policy.Roles).toEqual(Object.keys(template.findResources('AWS::IAM::Role')).map((Ref) => ({ Ref })));
    expect(policy.PolicyDocument).toMatchSnapshot();
  });

  it('are there before the association runs', () => {
    const template = Template.fromStack(withRole({}));
    const [policy] = Object.keys(template.findResources('AWS::IAM::Policy'));
    template.hasResource('AWS::SSM::Association', { DependsOn: [policy] });
  });

  it('may be the managed policy', () => {
    const template = Template.fromStack(withRole({ permissions: SshKeepalivePermissions.MANAGED_POLICY }));
    template.resourceCountIs('AWS::IAM::Policy', 0);
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(JSON.stringify(role)).toContain('AmazonSSMManagedInstanceCore');
    }
  });

  it('may be nothing', () => {
    const template = Template.fromStack(withRole({ permissions: SshKeepalivePermissions.NONE }));
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('AmazonSSMManagedInstanceCore');
  });

  it('are not added to imported roles, with one warning that lists what they need', () => {
    let imported: iam.IRole | undefined;
    const role = (stack: Stack) => (imported ??= iam.Role.fromRoleName(stack, 'Imported', 'their-role'));
    const stack = withRole({}, role);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
    const warnings = Annotations.fromStack(stack).findWarning('/Web/SshKeepalive', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringMatching(
        /^Web\/Imported is an imported role and is not changed\. .*"ssm:ListInstanceAssociations".*\[ack: cdk-ssh-keepalive:SshKeepalive.importedRole\]$/,
      ),
    ]);
  });

  it('issue no warning about imported roles when they are NONE', () => {
    let imported: iam.IRole | undefined;
    const role = (scope: Stack) => (imported ??= iam.Role.fromRoleName(scope, 'Imported', 'their-role'));
    const stack = withRole({ permissions: SshKeepalivePermissions.NONE }, role);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

describe('Two SshKeepalives', () => {
  it('must not target the same instance', () => {
    const stack = makeStack();
    const instance = makeInstance(stack, 'Instance');
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.newInstance(instance)] });
    expect(() => new SshKeepalive(stack, 'Two', { targets: [SshKeepaliveTarget.existingInstance(instance)] })).toThrow(
      'Web/Two: the instance Web/Instance is already targeted by Web/One. Remove it from one of them, because they ' +
        "would overwrite each other's settings.",
    );
  });

  it('must not target the same tag value or id, in whichever stacks they are', () => {
    const app = new App();
    new SshKeepalive(new Stack(app, 'A'), 'One', { targets: [SshKeepaliveTarget.tag('team', 'web', 'db')] });
    const b = new Stack(app, 'B');
    expect(() => new SshKeepalive(b, 'Two', { targets: [SshKeepaliveTarget.tag('team', 'db')] })).toThrow(
      'B/Two: tag:team=db in aws://unknown-account/unknown-region is already targeted by A/One.',
    );
    const id = 'i-0123456789abcdef0';
    new SshKeepalive(b, 'Three', { targets: [SshKeepaliveTarget.instanceIds(id)] });
    expect(() => new SshKeepalive(b, 'Four', { targets: [SshKeepaliveTarget.instanceIds(id)] })).toThrow(
      `B/Four: InstanceIds=${id} in aws://unknown-account/unknown-region is already targeted by B/Three.`,
    );
  });

  it('may target the same tag in different Regions, and in different stages', () => {
    const app = new App();
    for (const region of ['us-east-1', 'eu-west-1']) {
      new SshKeepalive(new Stack(app, region, { env: { account: '123456789012', region } }), 'One', {
        targets: [TAGGED],
      });
    }
    for (const id of ['Dev', 'Prod']) {
      new SshKeepalive(new Stack(new Stage(app, id), 'Web'), 'One', { targets: [TAGGED] });
    }
    expect(() => app.synth()).not.toThrow();
  });

  it('must not target the same tag whose key is known at deployment', () => {
    const stack = makeStack();
    const key = new CfnParameter(stack, 'Key').valueAsString;
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.tag(key, 'true')] });
    expect(() => new SshKeepalive(stack, 'Two', { targets: [SshKeepaliveTarget.tag(key, 'true')] })).toThrow(
      /^Web\/Two: tag:.+=true in Web is already targeted by Web\/One\./,
    );
  });

  it('may target a tag that has another value in each stack', () => {
    const app = new App();
    for (const id of ['A', 'B']) {
      new SshKeepalive(new Stack(app, id), 'One', { targets: [SshKeepaliveTarget.tag('stack', Aws.STACK_NAME)] });
    }
    expect(() => app.synth()).not.toThrow();
  });

  it('must not target the same instance, one directly and one by its tag', () => {
    const app = new App();
    const stack = new Stack(app, 'Web');
    const instance = makeInstance(stack, 'Instance');
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.existingInstance(instance)] });
    new SshKeepalive(new Stack(app, 'Other'), 'Two', { targets: [TAGGED] });
    Tags.of(stack).add('ssh-keepalive', 'true');
    expect(() => app.synth()).toThrow(
      'Web/One: the instance Web/Instance, which has the tag ssh-keepalive=true, is already targeted by Other/Two.',
    );
  });

  it('are not needed: one may target an instance in both ways, but not twice in the same way', () => {
    const stack = makeStack();
    const instance = makeInstance(stack, 'Instance');
    Tags.of(instance).add('ssh-keepalive', 'true');
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.existingInstance(instance), TAGGED] });
    expect(() => Template.fromStack(stack)).not.toThrow();
    const twice = [SshKeepaliveTarget.tag('team', 'web'), SshKeepaliveTarget.tag('team', 'web')];
    expect(() => new SshKeepalive(stack, 'Two', { targets: twice })).toThrow(
      'Web/Two: tag:team=web in aws://unknown-account/unknown-region is targeted twice. Specify each target once.',
    );
  });
});

describe('Windows and user data that is not a shell script', () => {
  const windows = () => {
    const stack = makeStack();
    return makeInstance(stack, 'Windows', {
      machineImage: ec2.MachineImage.latestWindows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE),
    });
  };
  const add = (target: SshKeepaliveTarget, instance: ec2.Instance) =>
    new SshKeepalive(Stack.of(instance), 'SshKeepalive', { targets: [target] });

  it('Windows is an error', () => {
    const one = windows();
    expect(() => add(SshKeepaliveTarget.newInstance(one), one)).toThrow(
      'SshKeepaliveTarget.newInstance: Web/Windows must run Linux, got: Windows.',
    );
    const two = windows();
    expect(() => add(SshKeepaliveTarget.existingInstance(two), two)).toThrow(
      'SshKeepaliveTarget.existingInstance: Web/Windows must run Linux, got: Windows.',
    );
  });

  it.each([
    ['#cloud-config\npackages: [htop]', "must be a shell script, got: '#cloud-config' as its first line"],
    ['<powershell>', "must be a shell script, got: '<powershell>' as its first line"],
    ['#!/usr/bin/python3\nprint()', "must be a shell script, got: '#!/usr/bin/python3' as its first line"],
    ['', "must be a shell script, got: '' as its first line"],
  ])('nothing is appended to %j', (text, message) => {
    const instance = makeInstance(makeStack(), 'Instance', { userData: ec2.UserData.custom(text) });
    expect(() => add(SshKeepaliveTarget.newInstance(instance), instance)).toThrow(message);
    expect(instance.userData.render()).toBe(text);
  });

  it('first boot is appended to a shell script, whatever its shell, and to text that is known at deployment', () => {
    for (const text of ['#!/bin/sh\necho', '#!/usr/bin/env bash', Token.asString({ Ref: 'UserData' })]) {
      const instance = makeInstance(makeStack(), 'Instance', { userData: ec2.UserData.custom(text) });
      add(SshKeepaliveTarget.newInstance(instance), instance);
      expect(instance.userData.render()).toContain('# cdk-ssh-keepalive first boot: ');
    }
  });

  it('first boot is appended to the default part of multipart user data, which must exist', () => {
    const script = ec2.UserData.forLinux();
    const multipart = new ec2.MultipartUserData();
    multipart.addUserDataPart(script, ec2.MultipartBody.SHELL_SCRIPT, true);
    const good = makeInstance(makeStack(), 'Instance', { userData: multipart });
    add(SshKeepaliveTarget.newInstance(good), good);
    expect(script.render()).toContain('# cdk-ssh-keepalive first boot: ');

    const bad = makeInstance(makeStack(), 'Instance', { userData: new ec2.MultipartUserData() });
    expect(() => add(SshKeepaliveTarget.newInstance(bad), bad)).toThrow(
      'the user data of the instance Web/Instance is multipart and must have a default part, got: none. Add one, ',
    );
  });

  it('first-boot constants must not be tokens', () => {
    const instance = makeInstance(makeStack(), 'Instance');
    const firstBoot = ServerKeepalive.of({ countMax: Token.asNumber({ Ref: 'Count' }) });
    expect(() => add(SshKeepaliveTarget.newInstance(instance, { firstBoot }), instance)).toThrow(
      'firstBoot must be known at synthesis, got: a token.',
    );
  });
});
