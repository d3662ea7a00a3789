import {
  App,
  Aws,
  CfnDynamicReference,
  CfnDynamicReferenceService,
  CfnParameter,
  Duration,
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
  Ensure,
  ServerKeepalive,
  SshKeepalive,
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

/** The template of a stack that holds an SshKeepalive, for instances by tag unless told otherwise. */
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
  it('server: arrives as parameters of the association', () => {
    templateOf({ server: ServerKeepalive.STIG }).hasResourceProperties(
      ...association({ Parameters: { ClientAliveInterval: ['60'], ClientAliveCountMax: ['1'] } }),
    );
  });

  it('server: may be a CloudFormation parameter', () => {
    const stack = makeStack();
    const interval = new CfnParameter(stack, 'Interval', { type: 'Number' });
    const countMax = new CfnParameter(stack, 'CountMax', { type: 'Number' });
    const server = ServerKeepalive.of({
      interval: Duration.seconds(interval.valueAsNumber),
      countMax: countMax.valueAsNumber,
    });
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], server });
    Template.fromStack(stack).hasResourceProperties(
      ...association({
        Parameters: { ClientAliveInterval: [{ Ref: 'Interval' }], ClientAliveCountMax: [{ Ref: 'CountMax' }] },
      }),
    );
  });

  it('server: may come from Parameter Store, which CloudFormation asks at each deployment', () => {
    const stack = makeStack();
    const latest = ssm.StringParameter.valueForStringParameter(stack, '/ssh/interval');
    const pinned = new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/ssh/count-max:3');
    const server = ServerKeepalive.of({
      interval: Duration.seconds(Token.asNumber(latest)),
      countMax: Token.asNumber(pinned),
    });
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], server });
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

  it('server: may be looked up before synthesis, if the first synthesis has a number to go on with', () => {
    const stack = new Stack(new App(), 'Web', { env: { account: '123456789012', region: 'eu-west-1' } });
    const serverOf = (looked: string) => ServerKeepalive.of({ interval: Duration.seconds(Number(looked)) });
    // What CDK puts in place until its command line has looked.
    const dummy = ssm.StringParameter.valueFromLookup(stack, '/ssh/interval');
    expect(() => serverOf(dummy)).toThrow('ClientAliveInterval must be whole seconds between 1 and 86400, got: NaN');
    const server = serverOf(ssm.StringParameter.valueFromLookup(stack, '/ssh/interval', '30'));
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], server });
    Template.fromStack(stack).hasResourceProperties(
      ...association({ Parameters: Match.objectLike({ ClientAliveInterval: ['30'] }) }),
    );
  });

  it.each([
    [Ensure.PRESENT, 'Apply', '10%'],
    [Ensure.ABSENT, 'Remove', '10%'],
    [Ensure.CHECK_ONLY, 'Check', '100%'],
  ])('ensure: %s is the action %s, and tolerates %s of failures', (ensure, action, maxErrors) => {
    templateOf({ ensure }).hasResourceProperties(
      ...association({ Parameters: Match.objectLike({ Action: [action] }), MaxErrors: maxErrors }),
    );
  });

  it('schedule: a rate or a cron expression', () => {
    // With seconds, the day of the month is where the month would be.
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
      'schedule: State Manager takes rates of 30 minutes or longer, got: rate(29 minutes)',
    ],
    [
      { applyOnlyAtCronInterval: true },
      'applyOnlyAtCronInterval needs a schedule that is a cron expression, got: rate(1 day)',
    ],
    [
      { maxConcurrency: '0' },
      "maxConcurrency must be a number of instances, 1 or more, or a percentage from 1% to 100%, got: '0'",
    ],
    [{ maxConcurrency: '101%' }, "got: '101%'"],
    [
      { maxErrors: 'all' },
      "maxErrors must be a number of instances, 0 or more, or a percentage from 0% to 100%, got: 'all'",
    ],
    [
      { waitForSuccess: Duration.seconds(14) },
      'waitForSuccess must be whole seconds between 15 and 172800 (2 days), got: 14 seconds',
    ],
    [{ waitForSuccess: Duration.days(3) }, 'got: 259200 seconds'],
    [
      { schedule: events.Schedule.cron({ month: '1', minute: '0', hour: '3' }) },
      'schedule: State Manager takes no months in a cron expression, got: cron(0 3 * 1 ? *)',
    ],
    [
      { schedule: events.Schedule.expression('cron(0 0 3 * 1 ? *)') },
      'State Manager takes no months in a cron expression, got: cron(0 0 3 * 1 ? *)',
    ],
    [{ targets: [] }, 'Web/SshKeepalive: targets must be a list of at least one SshKeepaliveTarget, got: none'],
    // What JavaScript lets through.
    [{ targets: TAGGED as never }, 'targets must be a list of at least one SshKeepaliveTarget'],
    [{ ensure: 'absent' as never }, "ensure must be one of Present, Absent, CheckOnly, got: 'absent'"],
    [{ schedule: 'rate(1 hour)' as never }, 'schedule must be a Schedule, for example Schedule.rate(Duration.days(1))'],
  ])('are refused when State Manager would refuse them: %j', (props: Partial<SshKeepaliveProps>, message) => {
    expect(() => templateOf(props)).toThrow(message);
  });

  it('maxConcurrency and maxErrors: numbers or percentages', () => {
    templateOf({ maxConcurrency: '5', maxErrors: '0' }).hasResourceProperties(
      ...association({ MaxConcurrency: '5', MaxErrors: '0' }),
    );
  });

  it('complianceSeverity, calendars and waitForSuccess: as given', () => {
    templateOf({
      complianceSeverity: ComplianceSeverity.HIGH,
      calendars: ['Freeze'],
      waitForSuccess: Duration.minutes(5),
    }).hasResourceProperties(
      ...association({ ComplianceSeverity: 'HIGH', CalendarNames: ['Freeze'], WaitForSuccessTimeoutSeconds: 300 }),
    );
  });

  it('output: a bucket, and the permission to write to it', () => {
    const stack = makeStack();
    const key = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: key });
    const instance = makeInstance(stack, 'Instance');
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.existingInstance(instance)],
      output: { bucket, prefix: 'ssh' },
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

  it('output: the prefix is cdk-ssh-keepalive unless another is given', () => {
    const stack = makeStack();
    new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED], output: { bucket: new s3.Bucket(stack, 'Bucket') } });
    Template.fromStack(stack).hasResourceProperties(
      ...association({ OutputLocation: { S3Location: { OutputS3KeyPrefix: 'cdk-ssh-keepalive' } } }),
    );
  });

  it('warns about an interval that a NAT gateway does not wait for, once for each', () => {
    const stack = makeStack();
    const slow = ServerKeepalive.of({ interval: Duration.seconds(350) });
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.newInstance(makeInstance(stack, 'Instance'), { firstBoot: slow })],
      server: slow,
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

  it('tag the instance itself, not its role, profile or security group', () => {
    const stack = makeStack();
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.existingInstance(makeInstance(stack, 'Instance'))],
    });
    const tagged = Object.values(
      (Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string }> }).Resources,
    ).filter((resource) => JSON.stringify(resource).includes('{"Key":"cdk-ssh-keepalive"'));
    expect(tagged.map(({ Type }) => Type)).toEqual(['AWS::EC2::Instance']);
  });

  it('refuse a tag that EC2 would not take', () => {
    const stack = new Stack(new App(), 'Web', { stackName: 's'.repeat(115) });
    expect(() => new SshKeepalive(stack, 'x'.repeat(150), { targets: [TAGGED] })).toThrow(
      /would have 266 characters, 's+\/x+', but EC2 takes 256\. Give it, or what it stands in, a shorter id\./,
    );
  });

  it('tag with the name of the deployed stack, so that two deployments of one app stay apart', () => {
    const stack = new Stack(new App(), 'Web', { stackName: 'web-staging' });
    expect(new SshKeepalive(stack, 'Ssh (keep)', { targets: [TAGGED] }).tagValue).toBe('web-staging/Ssh -keep-');
    const stage = new Stack(new Stage(new App(), 'Prod'), 'Web');
    expect(new SshKeepalive(stage, 'SshKeepalive', { targets: [TAGGED] }).tagValue).toBe('Prod-Web/SshKeepalive');
  });

  it('new instances get the snippet of 60 and 120 whatever server is, existing ones get no user data', () => {
    const stack = makeStack();
    const fresh = makeInstance(stack, 'New');
    const existing = makeInstance(stack, 'Existing');
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: [SshKeepaliveTarget.newInstance(fresh), SshKeepaliveTarget.existingInstance(existing)],
      server: ServerKeepalive.STIG,
    });
    expect(fresh.userData.render()).toContain('i=60 m=120;');
    expect(existing.userData.render()).toBe('#!/bin/bash');
  });

  it('new instances may have first-boot constants of their own', () => {
    const stack = makeStack();
    const instance = makeInstance(stack, 'Instance');
    const firstBoot = ServerKeepalive.CIS_AMAZON_LINUX_2023;
    new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.newInstance(instance, { firstBoot })] });
    expect(instance.userData.render()).toContain('i=15 m=3;');
  });

  it('do not change with server: every user data and the document stay as they were', () => {
    const resources = (server: ServerKeepalive): Record<string, unknown>[] => {
      const stack = makeStack();
      new SshKeepalive(stack, 'SshKeepalive', {
        targets: [
          SshKeepaliveTarget.newInstance(makeInstance(stack, 'New')),
          SshKeepaliveTarget.existingInstance(makeInstance(stack, 'Existing')),
        ],
        server,
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

  it('leave imported roles alone, and say what they need, once', () => {
    let imported: iam.IRole | undefined;
    const role = (stack: Stack) => (imported ??= iam.Role.fromRoleName(stack, 'Imported', 'their-role'));
    const stack = withRole({}, role);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
    const warnings = Annotations.fromStack(stack).findWarning('/Web/SshKeepalive', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringMatching(
        /^Web\/Imported is an imported role and is left as it is\. .*"ssm:ListInstanceAssociations".*\[ack: cdk-ssh-keepalive:SshKeepalive.importedRole\]$/,
      ),
    ]);
  });

  it('say nothing about imported roles when none are to be given', () => {
    let imported: iam.IRole | undefined;
    const role = (scope: Stack) => (imported ??= iam.Role.fromRoleName(scope, 'Imported', 'their-role'));
    const stack = withRole({ permissions: SshKeepalivePermissions.NONE }, role);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

describe('Two SshKeepalives', () => {
  it('may not reach the same instance', () => {
    const stack = makeStack();
    const instance = makeInstance(stack, 'Instance');
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.newInstance(instance)] });
    expect(() => new SshKeepalive(stack, 'Two', { targets: [SshKeepaliveTarget.existingInstance(instance)] })).toThrow(
      "Web/Two and Web/One both reach the instance Web/Instance, and would undo each other's settings. Leave it to one of them.",
    );
  });

  it('may not reach the same tag value or id, in whichever stacks they are', () => {
    const app = new App();
    new SshKeepalive(new Stack(app, 'A'), 'One', { targets: [SshKeepaliveTarget.tag('team', 'web', 'db')] });
    const b = new Stack(app, 'B');
    expect(() => new SshKeepalive(b, 'Two', { targets: [SshKeepaliveTarget.tag('team', 'db')] })).toThrow(
      'B/Two and A/One both reach tag:team=db in aws://unknown-account/unknown-region',
    );
    const id = 'i-0123456789abcdef0';
    new SshKeepalive(b, 'Three', { targets: [SshKeepaliveTarget.instanceIds(id)] });
    expect(() => new SshKeepalive(b, 'Four', { targets: [SshKeepaliveTarget.instanceIds(id)] })).toThrow(
      `B/Four and B/Three both reach InstanceIds=${id}`,
    );
  });

  it('may reach the same tag in different regions, and in stages that are deployed apart', () => {
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

  it('may not reach the same tag of which only the deployment knows the key', () => {
    const stack = makeStack();
    const key = new CfnParameter(stack, 'Key').valueAsString;
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.tag(key, 'true')] });
    expect(() => new SshKeepalive(stack, 'Two', { targets: [SshKeepaliveTarget.tag(key, 'true')] })).toThrow(
      /^Web\/Two and Web\/One both reach tag:.+=true in Web,/,
    );
  });

  it('may reach a tag that is another in each stack', () => {
    const app = new App();
    for (const id of ['A', 'B']) {
      new SshKeepalive(new Stack(app, id), 'One', { targets: [SshKeepaliveTarget.tag('stack', Aws.STACK_NAME)] });
    }
    expect(() => app.synth()).not.toThrow();
  });

  it('may not meet on an instance that one reaches itself and the other by its tag', () => {
    const app = new App();
    const stack = new Stack(app, 'Web');
    const instance = makeInstance(stack, 'Instance');
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.existingInstance(instance)] });
    new SshKeepalive(new Stack(app, 'Other'), 'Two', { targets: [TAGGED] });
    Tags.of(stack).add('ssh-keepalive', 'true');
    expect(() => app.synth()).toThrow(
      'Web/One and Other/Two both reach the instance Web/Instance, which is tagged ssh-keepalive=true',
    );
  });

  it('may be one that reaches an instance both ways, but not one that names it twice', () => {
    const stack = makeStack();
    const instance = makeInstance(stack, 'Instance');
    Tags.of(instance).add('ssh-keepalive', 'true');
    new SshKeepalive(stack, 'One', { targets: [SshKeepaliveTarget.existingInstance(instance), TAGGED] });
    expect(() => Template.fromStack(stack)).not.toThrow();
    const twice = [SshKeepaliveTarget.tag('team', 'web'), SshKeepaliveTarget.tag('team', 'web')];
    expect(() => new SshKeepalive(stack, 'Two', { targets: twice })).toThrow(
      'Web/Two reaches tag:team=web in aws://unknown-account/unknown-region twice. Name each target once.',
    );
  });
});

describe('Windows and user data that is no shell script', () => {
  const windows = () => {
    const stack = makeStack();
    return makeInstance(stack, 'Windows', {
      machineImage: ec2.MachineImage.latestWindows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE),
    });
  };
  const add = (target: SshKeepaliveTarget, instance: ec2.Instance) =>
    new SshKeepalive(Stack.of(instance), 'SshKeepalive', { targets: [target] });

  it('Windows is refused', () => {
    const one = windows();
    expect(() => add(SshKeepaliveTarget.newInstance(one), one)).toThrow(
      'SshKeepaliveTarget.newInstance: Web/Windows is for Windows; the settings are for the OpenSSH server of Linux.',
    );
    const two = windows();
    expect(() => add(SshKeepaliveTarget.existingInstance(two), two)).toThrow(
      'SshKeepaliveTarget.existingInstance: Web/Windows is for Windows',
    );
  });

  it.each([
    ['#cloud-config\npackages: [htop]', "it begins with '#cloud-config'"],
    ['<powershell>', "it begins with '<powershell>'"],
    ['#!/usr/bin/python3\nprint()', "it begins with '#!/usr/bin/python3'"],
    ['', "it begins with ''"],
  ])('refuses to append to %j', (text, message) => {
    const instance = makeInstance(makeStack(), 'Instance', { userData: ec2.UserData.custom(text) });
    expect(() => add(SshKeepaliveTarget.newInstance(instance), instance)).toThrow(message);
    expect(instance.userData.render()).toBe(text);
  });

  it('appends to a shell script, whatever its shell, and to text that is only known at deployment', () => {
    for (const text of ['#!/bin/sh\necho', '#!/usr/bin/env bash', Token.asString({ Ref: 'UserData' })]) {
      const instance = makeInstance(makeStack(), 'Instance', { userData: ec2.UserData.custom(text) });
      add(SshKeepaliveTarget.newInstance(instance), instance);
      expect(instance.userData.render()).toContain('# cdk-ssh-keepalive first boot\n');
    }
  });

  it('appends to the default part of multipart user data, and refuses it without one', () => {
    const script = ec2.UserData.forLinux();
    const multipart = new ec2.MultipartUserData();
    multipart.addUserDataPart(script, ec2.MultipartBody.SHELL_SCRIPT, true);
    const good = makeInstance(makeStack(), 'Instance', { userData: multipart });
    add(SshKeepaliveTarget.newInstance(good), good);
    expect(script.render()).toContain('# cdk-ssh-keepalive first boot\n');

    const bad = makeInstance(makeStack(), 'Instance', { userData: new ec2.MultipartUserData() });
    expect(() => add(SshKeepaliveTarget.newInstance(bad), bad)).toThrow(
      'the user data of the instance Web/Instance is multipart and has no default part that commands can be added to. Add one: ',
    );
  });

  it('refuses first-boot constants that are not known', () => {
    const instance = makeInstance(makeStack(), 'Instance');
    const firstBoot = ServerKeepalive.of({ countMax: Token.asNumber({ Ref: 'Count' }) });
    expect(() => add(SshKeepaliveTarget.newInstance(instance, { firstBoot }), instance)).toThrow(
      'firstBoot must be known at synthesis, got: a token.',
    );
  });
});
