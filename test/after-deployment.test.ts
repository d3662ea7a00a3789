// What operators use after the deployment: the ids of the associations, an event rule and the permission for Run Command.
import { App, Fn, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SshKeepalive, SshKeepaliveTarget } from '../lib';

const TAGGED = SshKeepaliveTarget.tag('team', 'web');

function makeKeepalive(...also: SshKeepaliveTarget[]): { stack: Stack; keepalive: SshKeepalive } {
  const stack = new Stack(new App(), 'Web');
  return { stack, keepalive: new SshKeepalive(stack, 'SshKeepalive', { targets: [TAGGED, ...also] }) };
}

function makeInstance(stack: Stack): ec2.Instance {
  return new ec2.Instance(stack, 'Instance', {
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  });
}

/** References to the ids of all associations of a stack. */
function idsOf(stack: Stack): object[] {
  const ids = Object.keys(Template.fromStack(stack).findResources('AWS::SSM::Association'));
  return ids.map((id) => ({ 'Fn::GetAtt': [id, 'AssociationId'] }));
}

describe('associationIds', () => {
  it('are all associations, including those of targets that are added later', () => {
    const { stack, keepalive } = makeKeepalive();
    const joined = Fn.join(',', keepalive.associationIds);
    keepalive.addTarget(SshKeepaliveTarget.tag('role', 'db'));
    expect(idsOf(stack)).toHaveLength(2);
    expect(stack.resolve(joined)).toEqual({ 'Fn::Join': [',', idsOf(stack)] });
    expect(stack.resolve(Fn.select(1, keepalive.associationIds))).toEqual({ 'Fn::Select': [1, idsOf(stack)] });
  });
});

describe('onNonCompliant', () => {
  it('is a rule for failures of all associations, including those of targets that are added later', () => {
    const { stack, keepalive } = makeKeepalive();
    const topic = new sns.Topic(stack, 'Topic');
    keepalive.onNonCompliant('NonCompliant', {
      target: new targets.SnsTopic(topic),
      description: 'Drift',
      ruleName: 'drift',
    });
    keepalive.addTarget(SshKeepaliveTarget.instanceIds('i-0123456789abcdef0'));
    expect(idsOf(stack)).toHaveLength(2);
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      Name: 'drift',
      Description: 'Drift',
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['EC2 State Manager Instance Association State Change'],
        detail: { 'association-id': idsOf(stack), status: ['Failed', 'TimedOut'] },
      },
      Targets: [Match.objectLike({ Arn: { Ref: stack.getLogicalId(topic.node.defaultChild as sns.CfnTopic) } })],
    });
  });

  it('may have no target yet, and a pattern that restricts it', () => {
    const { stack, keepalive } = makeKeepalive();
    const eventPattern = { detail: { 'instance-id': [{ prefix: 'mi-' }] } };
    const rule = keepalive.onNonCompliant('NonCompliant', { eventPattern });
    expect(rule.node.path).toBe('Web/SshKeepalive/NonCompliant');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { 'association-id': idsOf(stack), 'instance-id': [{ prefix: 'mi-' }] } },
      Targets: Match.absent(),
    });
  });

  it('may be in the stack of its target', () => {
    const { stack, keepalive } = makeKeepalive();
    const other = new Stack(stack.node.root, 'Other');
    expect(Stack.of(keepalive.onNonCompliant('NonCompliant', { crossStackScope: other }))).toBe(other);
  });

  it('fails at synthesis when there are more associations than an event pattern has space for', () => {
    const { stack, keepalive } = makeKeepalive();
    keepalive.onNonCompliant('NonCompliant');
    for (let i = 1; i <= 44; i++) keepalive.addTarget(SshKeepaliveTarget.tag(`key${i}`, 'value'));
    const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
    const pattern = (rule as { Properties: { EventPattern: object } }).Properties.EventPattern;
    const deployed = JSON.stringify(pattern).replaceAll(/\{"Fn::GetAtt":\[[^\]]*\]\}/g, `"${'x'.repeat(36)}"`);
    expect(deployed.length).toBeLessThanOrEqual(2048);

    const { stack: full, keepalive: many } = makeKeepalive();
    many.onNonCompliant('NonCompliant');
    for (let i = 1; i <= 45; i++) many.addTarget(SshKeepaliveTarget.tag(`key${i}`, 'value'));
    expect(() => Template.fromStack(full)).toThrow('an event pattern has space for 45 associations, got: 46');
  });
});

describe('grantRun', () => {
  const makeRole = (stack: Stack) => new iam.Role(stack, 'Operators', { assumedBy: new iam.AccountRootPrincipal() });

  /** The statements of the role's policy. */
  function statementsOf(stack: Stack): Record<string, unknown>[] {
    const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy', {
      Properties: { PolicyName: Match.stringLikeRegexp('^OperatorsDefaultPolicy') },
    });
    const [policy] = Object.values(policies) as [
      { Properties: { PolicyDocument: { Statement: Record<string, unknown>[] } } },
    ];
    return policy.Properties.PolicyDocument.Statement;
  }

  /** An ARN in the account and Region of the stack. */
  const arn = (service: string, ...path: unknown[]): object => {
    const [first, ...rest] = path;
    const head = `:${service}:`;
    const parts = [{ Ref: 'AWS::Partition' }, head, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
    return { 'Fn::Join': ['', ['arn:', ...parts, first, ...rest]] };
  };
  const BY_TAG = [arn('ec2', ':instance/*'), arn('ssm', ':managed-instance/*')];
  const statement = (more: object) => ({ Action: 'ssm:SendCommand', Effect: 'Allow', ...more });
  const documentOf = (stack: Stack) => {
    const [id] = Object.keys(Template.fromStack(stack).findResources('AWS::SSM::Document'));
    return statement({ Resource: arn('ssm', ':document/', { Ref: id }) });
  };

  it('allows the document on instances with the tags of the targets, and nothing else', () => {
    const { stack, keepalive } = makeKeepalive(SshKeepaliveTarget.tag('team', 'db'));
    const grant = keepalive.grantRun(makeRole(stack));
    grant.assertSuccess();
    expect(statementsOf(stack)).toEqual([
      documentOf(stack),
      statement({ Condition: { StringEquals: { 'ssm:resourceTag/team': ['web', 'db'] } }, Resource: BY_TAG }),
    ]);
  });

  it('allows the document on instances of the app by their own tag, and on others by their ids', () => {
    const stack = new Stack(new App(), 'Web');
    const token = Token.asString({ Ref: 'Id' });
    const keepalive = new SshKeepalive(stack, 'SshKeepalive', {
      targets: [
        SshKeepaliveTarget.existingInstance(makeInstance(stack)),
        SshKeepaliveTarget.instanceIds('i-0123456789abcdef0', 'mi-0123456789abcdef0', token),
      ],
    });
    keepalive.grantRun(makeRole(stack));
    expect(statementsOf(stack)).toEqual([
      documentOf(stack),
      statement({
        Condition: { StringEquals: { 'ssm:resourceTag/cdk-ssh-keepalive': ['Web/SshKeepalive'] } },
        Resource: BY_TAG,
      }),
      statement({
        Resource: [
          arn('ec2', ':instance/i-0123456789abcdef0'),
          arn('ssm', ':managed-instance/mi-0123456789abcdef0'),
          arn('ec2', ':instance/', { Ref: 'Id' }),
          arn('ssm', ':managed-instance/', { Ref: 'Id' }),
        ],
      }),
    ]);
  });

  it('includes targets that are added later, with known and new keys', () => {
    const { stack, keepalive } = makeKeepalive();
    keepalive.grantRun(makeRole(stack));
    keepalive.addTarget(SshKeepaliveTarget.tag('team', 'db'));
    keepalive.addTarget(SshKeepaliveTarget.tag('role', 'bastion'));
    expect(statementsOf(stack).slice(1)).toEqual([
      statement({ Condition: { StringEquals: { 'ssm:resourceTag/team': ['web', 'db'] } }, Resource: BY_TAG }),
      statement({ Condition: { StringEquals: { 'ssm:resourceTag/role': ['bastion'] } }, Resource: BY_TAG }),
    ]);
  });

  it('throws for a resource group and for a tag key that is a token, in whichever order', () => {
    const key = Token.asString({ Ref: 'Key' });
    const cases: [SshKeepaliveTarget, string][] = [
      [
        SshKeepaliveTarget.resourceGroup('legacy'),
        'Web/SshKeepalive: grantRun cannot be used with a resource group, because an IAM policy has no condition for it.',
      ],
      [
        SshKeepaliveTarget.tag(key, 'true'),
        'Web/SshKeepalive: grantRun requires tag keys that are known at synthesis, got: a token.',
      ],
    ];
    for (const [target, message] of cases) {
      const before = makeKeepalive(target);
      expect(() => before.keepalive.grantRun(makeRole(before.stack))).toThrow(message);
      Template.fromStack(before.stack).resourceCountIs('AWS::IAM::Policy', 0);

      const after = makeKeepalive();
      after.keepalive.grantRun(makeRole(after.stack));
      expect(() => after.keepalive.addTarget(target)).toThrow(message);
      Template.fromStack(after.stack).resourceCountIs('AWS::SSM::Association', 1);
    }
  });

  it('reports when the grantee cannot have a policy', () => {
    const { keepalive } = makeKeepalive();
    const grant = keepalive.grantRun(new iam.ServicePrincipal('events.amazonaws.com'));
    expect(() => grant.assertSuccess()).toThrow(/could not be added/);
  });
});

describe('The document', () => {
  it('has the tag of the construct, so that ListDocuments finds it', () => {
    const { stack, keepalive } = makeKeepalive();
    Template.fromStack(stack).hasResourceProperties('AWS::SSM::Document', {
      Tags: [{ Key: SshKeepalive.TAG_KEY, Value: keepalive.tagValue }],
    });
    expect(keepalive.tagValue).toBe('Web/SshKeepalive');
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});
