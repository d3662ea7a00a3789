// Values that JavaScript and `any` let through. Each is an error that names where, which property, the rule and the value.
import { App, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as lib from '../lib';
import { ClientKeepalive, RateLimit, ServerKeepalive, SshHost, SshKeepaliveTarget } from '../lib';

/** The static methods of a class without the types of their parameters. */
type Untyped<T> = { [K in keyof T]: (...args: unknown[]) => unknown };

function untyped<T>(type: T): Untyped<T> {
  return type as unknown as Untyped<T>;
}

const js = {
  ClientKeepalive: untyped(ClientKeepalive),
  RateLimit: untyped(RateLimit),
  ServerKeepalive: untyped(ServerKeepalive),
  SshHost: untyped(SshHost),
  SshKeepaliveTarget: untyped(SshKeepaliveTarget),
};

const stack = new Stack(new App(), 'Web');
const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });
const launch = {
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
};
const instance = new ec2.Instance(stack, 'Instance', { vpc, ...launch });
const group = new autoscaling.AutoScalingGroup(stack, 'Group', { vpc, ...launch });
const template = new ec2.LaunchTemplate(stack, 'Template', launch);
const bucket = new s3.Bucket(stack, 'Bucket');
const ID = 'i-0123456789abcdef0';
const TAGGED = SshKeepaliveTarget.tag('team', 'web');
const TEXT_TOKEN = Token.asString({ Ref: 'Text' });
const LIST_TOKEN = Fn.split(',', TEXT_TOKEN);

const construct = (props: unknown) =>
  new lib.SshKeepalive(new Stack(new App(), 'Web'), 'SshKeepalive', props as lib.SshKeepaliveProps);
const configured = (options: object) => construct({ targets: [TAGGED], ...options });
const keepalive = () => configured({}) as unknown as Untyped<lib.SshKeepalive>;
const config = (props: unknown) =>
  new lib.SshClientConfig(new Stack(new App(), 'Web'), 'Config', props as lib.SshClientConfigProps);
const clientStack = (id: string, props: unknown) =>
  new lib.SshClientConfigStack(new App(), id, props as lib.SshClientConfigStackProps);
const mixin = (props: unknown) => new lib.SshKeepaliveMixin(props as lib.SshKeepaliveOptions);

const KEEPALIVE = 'ServerKeepalive, for example ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 3 })';
const CLIENT_KEEPALIVE =
  'ClientKeepalive, for example ClientKeepalive.of({ interval: Duration.seconds(60), countMax: 5 })';
const TARGET = 'SshKeepaliveTarget, for example SshKeepaliveTarget.existingInstance(instance)';
const RATE_LIMIT = 'RateLimit, for example RateLimit.count(5) or RateLimit.percentage(10)';
const OPTIONS =
  'keepalive, action, permissions, schedule, applyOnlyAtCronInterval, maxConcurrency, maxErrors, complianceSeverity, calendarNames, waitForSuccessTimeout, outputBucket, outputPrefix';
const ACTIONS = 'SshKeepaliveAction.APPLY, SshKeepaliveAction.CHECK, SshKeepaliveAction.REMOVE';
const PERMISSIONS =
  'SshKeepalivePermissions.WORKING_SET, SshKeepalivePermissions.MANAGED_POLICY, SshKeepalivePermissions.NONE';
const SEVERITIES =
  'ComplianceSeverity.CRITICAL, ComplianceSeverity.HIGH, ComplianceSeverity.MEDIUM, ComplianceSeverity.LOW, ComplianceSeverity.UNSPECIFIED';
const NOT_A_COUNT = 'must be a whole number from 1 to 10000';

const WRONG_USES: Record<string, [use: () => unknown, message: string][]> = {
  SshKeepalive: [
    [
      () => construct(undefined),
      `Web/SshKeepalive: properties must be an object with targets, ${OPTIONS}, got: undefined`,
    ],
    [() => construct(null), `Web/SshKeepalive: properties must be an object with targets, ${OPTIONS}, got: null`],
    [
      () => construct([TAGGED]),
      `Web/SshKeepalive: properties must be an object with targets, ${OPTIONS}, got: a list of 1`,
    ],
    [
      () => construct(instance),
      `Web/SshKeepalive: properties must be an object with targets, ${OPTIONS}, got: Instance 'Web/Instance'`,
    ],
    [
      () => construct({}),
      'Web/SshKeepalive: targets must be a list of at least one SshKeepaliveTarget, got: undefined',
    ],
    [
      () => construct({ targets: [] }),
      'Web/SshKeepalive: targets must be a list of at least one SshKeepaliveTarget, got: an empty list',
    ],
    [
      () => construct({ targets: TAGGED }),
      'Web/SshKeepalive: targets must be a list of at least one SshKeepaliveTarget, got: an SshKeepaliveTarget',
    ],
    [
      () => construct({ targets: instance }),
      "Web/SshKeepalive: targets must be a list of at least one SshKeepaliveTarget, got: Instance 'Web/Instance'",
    ],
    [
      () => construct({ targets: [instance] }),
      `Web/SshKeepalive: targets[0] must be an ${TARGET}, got: Instance 'Web/Instance'`,
    ],
    [
      () => construct({ targets: [TAGGED, group] }),
      `Web/SshKeepalive: targets[1] must be an ${TARGET}, got: AutoScalingGroup 'Web/Group'`,
    ],
    [
      () => construct({ targets: ['i-0123456789abcdef0'] }),
      `Web/SshKeepalive: targets[0] must be an ${TARGET}, got: 'i-0123456789abcdef0' (a string)`,
    ],
    [() => construct({ targets: [undefined] }), `Web/SshKeepalive: targets[0] must be an ${TARGET}, got: undefined`],
    [() => construct({ targets: [[TAGGED]] }), `Web/SshKeepalive: targets[0] must be an ${TARGET}, got: a list of 1`],
    [
      () => construct({ targets: LIST_TOKEN }),
      'Web/SshKeepalive: targets must be a list of at least one SshKeepaliveTarget, got: a list token',
    ],
    [
      () => construct({ target: [TAGGED] }),
      "Web/SshKeepalive: unknown property, got: 'target'. Did you mean 'targets'?",
    ],
    ...['interval', 'clientAliveInterval', 'countMax'].map((name): [() => unknown, string] => [
      () => configured({ [name]: 60 }),
      `Web/SshKeepalive: unknown property, got: '${name}'. Use keepalive: ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 3 }).`,
    ]),
    [
      () => construct({ instances: [instance] }),
      "Web/SshKeepalive: unknown property, got: 'instances'. Use targets: [SshKeepaliveTarget.existingInstance(instance)].",
    ],
    [
      () => configured({ server: ServerKeepalive.STIG }),
      "Web/SshKeepalive: unknown property, got: 'server'. Did you mean 'keepalive'?",
    ],
    [
      () => configured({ ensure: 'absent' }),
      "Web/SshKeepalive: unknown property, got: 'ensure'. Did you mean 'action'?",
    ],
    [
      () => configured({ calendars: ['Freeze'] }),
      "Web/SshKeepalive: unknown property, got: 'calendars'. Did you mean 'calendarNames'?",
    ],
    [
      () => configured({ waitForSuccess: Duration.minutes(5) }),
      "Web/SshKeepalive: unknown property, got: 'waitForSuccess'. Did you mean 'waitForSuccessTimeout'?",
    ],
    [
      () => configured({ output: { bucket } }),
      "Web/SshKeepalive: unknown property, got: 'output'. Did you mean 'outputBucket'?",
    ],
    [
      () => configured({ keepAlives: 60 }),
      "Web/SshKeepalive: unknown property, got: 'keepAlives'. Did you mean 'keepalive'?",
    ],
    [
      () => configured({ maxConcurency: RateLimit.count(1) }),
      "Web/SshKeepalive: unknown property, got: 'maxConcurency'. Did you mean 'maxConcurrency'?",
    ],
    [
      () => configured({ colour: 'red' }),
      `Web/SshKeepalive: unknown property, got: 'colour'. Known properties: targets, ${OPTIONS}.`,
    ],
    [() => configured({ keepalive: 60 }), `Web/SshKeepalive: keepalive must be a ${KEEPALIVE}, got: 60 (a number)`],
    [
      () => configured({ keepalive: ClientKeepalive.DEFAULT }),
      `Web/SshKeepalive: keepalive must be a ${KEEPALIVE}, got: a ClientKeepalive`,
    ],
    [
      () => configured({ keepalive: { interval: Duration.seconds(60), countMax: 3 } }),
      `Web/SshKeepalive: keepalive must be a ${KEEPALIVE}, got: an object`,
    ],
    [
      () => configured({ keepalive: Duration.seconds(60) }),
      `Web/SshKeepalive: keepalive must be a ${KEEPALIVE}, got: Duration.seconds(60)`,
    ],
    [() => configured({ keepalive: null }), `Web/SshKeepalive: keepalive must be a ${KEEPALIVE}, got: null`],
    [
      () => configured({ action: 'absent' }),
      `Web/SshKeepalive: action must be one of ${ACTIONS}, got: 'absent' (a string)`,
    ],
    [
      () => configured({ action: 'apply' }),
      `Web/SshKeepalive: action must be one of ${ACTIONS}, got: 'apply' (a string)`,
    ],
    [
      () => configured({ action: TEXT_TOKEN }),
      `Web/SshKeepalive: action must be one of ${ACTIONS}, got: a string token`,
    ],
    [
      () => configured({ permissions: 'none' }),
      `Web/SshKeepalive: permissions must be one of ${PERMISSIONS}, got: 'none' (a string)`,
    ],
    [
      () => configured({ permissions: false }),
      `Web/SshKeepalive: permissions must be one of ${PERMISSIONS}, got: false (a boolean)`,
    ],
    [
      () => configured({ complianceSeverity: 'high' }),
      `Web/SshKeepalive: complianceSeverity must be one of ${SEVERITIES}, got: 'high' (a string)`,
    ],
    [
      () => configured({ complianceSeverity: 3 }),
      `Web/SshKeepalive: complianceSeverity must be one of ${SEVERITIES}, got: 3 (a number)`,
    ],
    [
      () => configured({ schedule: 'rate(1 hour)' }),
      "Web/SshKeepalive: schedule must be a Schedule, for example Schedule.rate(Duration.days(1)), got: 'rate(1 hour)' (a string)",
    ],
    [
      () => configured({ schedule: Duration.days(1) }),
      'Web/SshKeepalive: schedule must be a Schedule, for example Schedule.rate(Duration.days(1)), got: Duration.days(1)',
    ],
    [
      () => configured({ schedule: null }),
      'Web/SshKeepalive: schedule must be a Schedule, for example Schedule.rate(Duration.days(1)), got: null',
    ],
    [
      () => configured({ applyOnlyAtCronInterval: 'true' }),
      "Web/SshKeepalive: applyOnlyAtCronInterval must be true or false, got: 'true' (a string)",
    ],
    [
      () => configured({ maxConcurrency: '10%' }),
      `Web/SshKeepalive: maxConcurrency must be a ${RATE_LIMIT}, got: '10%' (a string)`,
    ],
    [
      () => configured({ maxConcurrency: 5 }),
      `Web/SshKeepalive: maxConcurrency must be a ${RATE_LIMIT}, got: 5 (a number)`,
    ],
    [() => configured({ maxErrors: '0' }), `Web/SshKeepalive: maxErrors must be a ${RATE_LIMIT}, got: '0' (a string)`],
    [
      () => configured({ maxErrors: { count: 3 } }),
      `Web/SshKeepalive: maxErrors must be a ${RATE_LIMIT}, got: an object`,
    ],
    [
      () => configured({ maxConcurrency: RateLimit.count(0) }),
      'Web/SshKeepalive: maxConcurrency must be at least 1 or 1%, got: 0',
    ],
    [
      () => configured({ calendarNames: 'Freeze' }),
      "Web/SshKeepalive: calendarNames must be a list of at least one string, got: 'Freeze' (a string)",
    ],
    [
      () => configured({ calendarNames: [] }),
      'Web/SshKeepalive: calendarNames must be a list of at least one string, got: an empty list',
    ],
    [
      () => configured({ calendarNames: [''] }),
      'Web/SshKeepalive: calendarNames[0] must not be empty, got: 0 characters',
    ],
    [
      () => configured({ calendarNames: ['Freeze', 3] }),
      'Web/SshKeepalive: calendarNames[1] must be a string, got: 3 (a number)',
    ],
    [
      () => configured({ waitForSuccessTimeout: 300 }),
      'Web/SshKeepalive: waitForSuccessTimeout must be a Duration, for example Duration.seconds(60), got: 300 (a number)',
    ],
    [
      () => configured({ waitForSuccessTimeout: '5m' }),
      "Web/SshKeepalive: waitForSuccessTimeout must be a Duration, for example Duration.seconds(60), got: '5m' (a string)",
    ],
    [
      () => configured({ outputBucket: 'my-bucket' }),
      "Web/SshKeepalive: outputBucket must be a Bucket, got: 'my-bucket' (a string)",
    ],
    [
      () => configured({ outputBucket: instance }),
      "Web/SshKeepalive: outputBucket must be a Bucket, got: Instance 'Web/Instance'",
    ],
    [
      () => configured({ outputPrefix: 'ssh' }),
      'Web/SshKeepalive: outputBucket is required with outputPrefix, got: undefined',
    ],
    [
      () => configured({ outputBucket: bucket, outputPrefix: '' }),
      'Web/SshKeepalive: outputPrefix must have 1 to 500 characters, got: 0 characters',
    ],
    [
      () => configured({ outputBucket: bucket, outputPrefix: 3 }),
      'Web/SshKeepalive: outputPrefix must be a string, got: 3 (a number)',
    ],
  ],
  'The methods of SshKeepalive': [
    [() => keepalive().addTarget(undefined), `Web/SshKeepalive: target must be an ${TARGET}, got: undefined`],
    [
      () => keepalive().addTarget(instance),
      `Web/SshKeepalive: target must be an ${TARGET}, got: Instance 'Web/Instance'`,
    ],
    [
      () => keepalive().addTarget('i-0123456789abcdef0'),
      `Web/SshKeepalive: target must be an ${TARGET}, got: 'i-0123456789abcdef0' (a string)`,
    ],
    [() => keepalive().addTarget([TAGGED]), `Web/SshKeepalive: target must be an ${TARGET}, got: a list of 1`],
    [
      () => keepalive().grantRun(undefined),
      'Web/SshKeepalive: grantRun: grantee must be an IGrantable, for example a Role, User or Group, got: undefined',
    ],
    [
      () => keepalive().grantRun('arn:aws:iam::123456789012:role/Operators'),
      "Web/SshKeepalive: grantRun: grantee must be an IGrantable, for example a Role, User or Group, got: 'arn:aws:iam::123456789012:role/Operators' (a string)",
    ],
    [
      () => keepalive().onNonCompliant('Rule', 'arn:aws:sns:eu-west-1:123456789012:Alerts'),
      "Web/SshKeepalive: onNonCompliant: properties must be an object with target, description, ruleName, eventPattern, crossStackScope, got: 'arn:aws:sns:eu-west-1:123456789012:Alerts' (a string)",
    ],
    [
      () => keepalive().onNonCompliant('Rule', { target: 'topic' }),
      "Web/SshKeepalive: onNonCompliant: target must be an IRuleTarget, for example new targets.SnsTopic(topic), got: 'topic' (a string)",
    ],
    [
      () => keepalive().onNonCompliant({ target: undefined }),
      'Web/SshKeepalive: onNonCompliant: id must be a string, got: an object',
    ],
    [
      () => keepalive().onNonCompliant('Rule', { targets: [] }),
      "Web/SshKeepalive: onNonCompliant: unknown property, got: 'targets'. Did you mean 'target'?",
    ],
  ],
  'ServerKeepalive and ClientKeepalive': [
    [
      () => js.ServerKeepalive.of(60, 3),
      'ServerKeepalive.of: properties must be an object with interval, countMax, got: 60 (a number). For example ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 3 }).',
    ],
    [
      () => js.ServerKeepalive.of(Duration.seconds(60)),
      'ServerKeepalive.of: properties must be an object with interval, countMax, got: Duration.seconds(60). For example ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 3 }).',
    ],
    [
      () => js.ServerKeepalive.of(null),
      'ServerKeepalive.of: properties must be an object with interval, countMax, got: null. For example ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 3 }).',
    ],
    [
      () => js.ServerKeepalive.of('60'),
      "ServerKeepalive.of: properties must be an object with interval, countMax, got: '60' (a string). For example ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 3 }).",
    ],
    [
      () => js.ServerKeepalive.of({ intervall: Duration.seconds(60) }),
      "ServerKeepalive.of: unknown property, got: 'intervall'. Did you mean 'interval'?",
    ],
    [
      () => js.ServerKeepalive.of({ count: 3 }),
      "ServerKeepalive.of: unknown property, got: 'count'. Did you mean 'countMax'?",
    ],
    [
      () => js.ServerKeepalive.of({ interval: 60 }),
      'ServerKeepalive.of: interval must be a Duration, for example Duration.seconds(60), got: 60 (a number)',
    ],
    [
      () => js.ServerKeepalive.of({ interval: '60' }),
      "ServerKeepalive.of: interval must be a Duration, for example Duration.seconds(60), got: '60' (a string)",
    ],
    [
      () => js.ServerKeepalive.of({ interval: null }),
      'ServerKeepalive.of: interval must be a Duration, for example Duration.seconds(60), got: null',
    ],
    [
      () => js.ServerKeepalive.of({ interval: Duration.seconds(0) }),
      'ServerKeepalive.of: interval (ClientAliveInterval) must be whole seconds from 1 to 86400, got: 0 seconds',
    ],
    [
      () => js.ServerKeepalive.of({ countMax: '3' }),
      `ServerKeepalive.of: countMax (ClientAliveCountMax) ${NOT_A_COUNT}, got: '3' (a string)`,
    ],
    [
      () => js.ServerKeepalive.of({ countMax: null }),
      `ServerKeepalive.of: countMax (ClientAliveCountMax) ${NOT_A_COUNT}, got: null`,
    ],
    [
      () => js.ServerKeepalive.of({ countMax: true }),
      `ServerKeepalive.of: countMax (ClientAliveCountMax) ${NOT_A_COUNT}, got: true (a boolean)`,
    ],
    [
      () => js.ServerKeepalive.of({ countMax: NaN }),
      `ServerKeepalive.of: countMax (ClientAliveCountMax) ${NOT_A_COUNT}, got: NaN (a number)`,
    ],
    [
      () => js.ServerKeepalive.of({ countMax: 0 }),
      'ServerKeepalive.of: countMax (ClientAliveCountMax) must be at least 1, got: 0 (a number). With 0, sshd before 8.2 disconnects idle clients at the first interval, and later versions never do.',
    ],
    [
      () => js.ServerKeepalive.of({ countMax: TEXT_TOKEN }),
      `ServerKeepalive.of: countMax (ClientAliveCountMax) ${NOT_A_COUNT}, got: a string token`,
    ],
    [
      () => js.ServerKeepalive.of({ countMax: '{{ssm:/ssh/count}}' }),
      `ServerKeepalive.of: countMax (ClientAliveCountMax) ${NOT_A_COUNT}, got: '{{ssm:/ssh/count}}' (a string)`,
    ],
    [
      () => js.ClientKeepalive.of(60, 3),
      'ClientKeepalive.of: properties must be an object with interval, countMax, got: 60 (a number). For example ClientKeepalive.of({ interval: Duration.seconds(60), countMax: 3 }).',
    ],
    [
      () => js.ClientKeepalive.of({ interval: 60 }),
      'ClientKeepalive.of: interval must be a Duration, for example Duration.seconds(60), got: 60 (a number)',
    ],
    [
      () => js.ClientKeepalive.of({ countMax: '5' }),
      `ClientKeepalive.of: countMax (ServerAliveCountMax) ${NOT_A_COUNT}, got: '5' (a string)`,
    ],
    [
      () => js.ClientKeepalive.of({ countMax: -1 }),
      `ClientKeepalive.of: countMax (ServerAliveCountMax) ${NOT_A_COUNT}, got: -1 (a number)`,
    ],
  ],
  RateLimit: [
    [
      () => js.RateLimit.count('5'),
      "RateLimit.count: instances must be a whole number from 0 to 9999999, got: '5' (a string)",
    ],
    [
      () => js.RateLimit.count(1.5),
      'RateLimit.count: instances must be a whole number from 0 to 9999999, got: 1.5 (a number)',
    ],
    [
      () => js.RateLimit.count(-1),
      'RateLimit.count: instances must be a whole number from 0 to 9999999, got: -1 (a number)',
    ],
    [
      () => js.RateLimit.count(10_000_000),
      'RateLimit.count: instances must be a whole number from 0 to 9999999, got: 10000000 (a number)',
    ],
    [() => js.RateLimit.count(), 'RateLimit.count: instances must be a whole number from 0 to 9999999, got: undefined'],
    [
      () => js.RateLimit.percentage('10%'),
      "RateLimit.percentage: percent must be a whole number from 0 to 100, got: '10%' (a string)",
    ],
    [
      () => js.RateLimit.percentage(101),
      'RateLimit.percentage: percent must be a whole number from 0 to 100, got: 101 (a number)',
    ],
    [() => js.RateLimit.expression(10), 'RateLimit.expression: expression must be a string, got: 10 (a number)'],
    [
      () => js.RateLimit.expression('all'),
      "RateLimit.expression: expression must be a number such as '5', a percentage such as '10%', or a token, got: 'all' (a string)",
    ],
    [
      () => js.RateLimit.expression('101%'),
      "RateLimit.expression: expression must be a number such as '5', a percentage such as '10%', or a token, got: '101%' (a string)",
    ],
    [() => js.RateLimit.expression(''), 'RateLimit.expression: expression must not be empty, got: 0 characters'],
  ],
  SshKeepaliveTarget: [
    [
      () => js.SshKeepaliveTarget.newInstance(),
      'SshKeepaliveTarget.newInstance: instance must be an Instance or a BastionHostLinux of the app, got: undefined',
    ],
    [
      () => js.SshKeepaliveTarget.newInstance('i-0123456789abcdef0'),
      "SshKeepaliveTarget.newInstance: instance must be an Instance or a BastionHostLinux of the app, got: 'i-0123456789abcdef0' (a string)",
    ],
    [
      () => js.SshKeepaliveTarget.newInstance(group),
      "SshKeepaliveTarget.newInstance: instance must be an Instance or a BastionHostLinux of the app, got: AutoScalingGroup 'Web/Group'. For an imported instance use SshKeepaliveTarget.instanceIds or SshKeepaliveTarget.tag.",
    ],
    [
      () => js.SshKeepaliveTarget.newInstance(instance, ServerKeepalive.STIG),
      'SshKeepaliveTarget.newInstance: properties must be an object with firstBoot, got: a ServerKeepalive',
    ],
    [
      () => js.SshKeepaliveTarget.newInstance(instance, { firstBoot: true }),
      `SshKeepaliveTarget.newInstance: firstBoot must be a ${KEEPALIVE}, got: true (a boolean)`,
    ],
    [
      () => js.SshKeepaliveTarget.newInstance(instance, { firstBoot: ClientKeepalive.DEFAULT }),
      `SshKeepaliveTarget.newInstance: firstBoot must be a ${KEEPALIVE}, got: a ClientKeepalive`,
    ],
    [
      () => js.SshKeepaliveTarget.newInstance(instance, { server: ServerKeepalive.STIG }),
      "SshKeepaliveTarget.newInstance: unknown property, got: 'server'. Did you mean 'firstBoot'?",
    ],
    [
      () => js.SshKeepaliveTarget.existingInstance(null),
      'SshKeepaliveTarget.existingInstance: instance must be an Instance or a BastionHostLinux of the app, got: null',
    ],
    [
      () => js.SshKeepaliveTarget.existingInstance([instance]),
      'SshKeepaliveTarget.existingInstance: instance must be an Instance or a BastionHostLinux of the app, got: a list of 1',
    ],
    [
      () => js.SshKeepaliveTarget.existingInstance(vpc),
      "SshKeepaliveTarget.existingInstance: instance must be an Instance or a BastionHostLinux of the app, got: Vpc 'Web/Vpc'. For an imported instance use SshKeepaliveTarget.instanceIds or SshKeepaliveTarget.tag.",
    ],
    [
      () => js.SshKeepaliveTarget.autoScalingGroup(undefined),
      'SshKeepaliveTarget.autoScalingGroup: group must be an AutoScalingGroup, got: undefined',
    ],
    [
      () => js.SshKeepaliveTarget.autoScalingGroup('workers'),
      "SshKeepaliveTarget.autoScalingGroup: group must be an AutoScalingGroup, got: 'workers' (a string)",
    ],
    [
      () => js.SshKeepaliveTarget.autoScalingGroup(instance),
      "SshKeepaliveTarget.autoScalingGroup: group must be an AutoScalingGroup, got: Instance 'Web/Instance'",
    ],
    [
      () => js.SshKeepaliveTarget.autoScalingGroup(group, { firstBoot: true }),
      `SshKeepaliveTarget.autoScalingGroup: firstBoot must be a ${KEEPALIVE}, got: true (a boolean)`,
    ],
    [
      () => js.SshKeepaliveTarget.launchTemplate('lt-0123456789abcdef0'),
      "SshKeepaliveTarget.launchTemplate: template must be a LaunchTemplate, got: 'lt-0123456789abcdef0' (a string)",
    ],
    [
      () => js.SshKeepaliveTarget.launchTemplate(group),
      "SshKeepaliveTarget.launchTemplate: template must be a LaunchTemplate, got: AutoScalingGroup 'Web/Group'",
    ],
    [
      () => js.SshKeepaliveTarget.launchTemplate(template, { firstboot: ServerKeepalive.STIG }),
      "SshKeepaliveTarget.launchTemplate: unknown property, got: 'firstboot'. Did you mean 'firstBoot'?",
    ],
    [() => js.SshKeepaliveTarget.tag(), 'SshKeepaliveTarget.tag: key must be a string, got: undefined'],
    [() => js.SshKeepaliveTarget.tag('team'), 'SshKeepaliveTarget.tag: at least one value is required, got: none'],
    [
      () => js.SshKeepaliveTarget.tag('team', ['web']),
      'SshKeepaliveTarget.tag: value must be a string, got: a list of 1. Pass the values one by one, with ...values.',
    ],
    [
      () => js.SshKeepaliveTarget.tag('team', ...LIST_TOKEN),
      'SshKeepaliveTarget.tag: value must be a string, got: a list token. Use Fn.select to get a string of the list.',
    ],
    [
      () => js.SshKeepaliveTarget.tag('team', true),
      'SshKeepaliveTarget.tag: value must be a string, got: true (a boolean)',
    ],
    [
      () => js.SshKeepaliveTarget.tag({ key: 'team', value: 'web' }),
      'SshKeepaliveTarget.tag: key must be a string, got: an object',
    ],
    [
      () => js.SshKeepaliveTarget.tag('', 'web'),
      'SshKeepaliveTarget.tag: key must have 1 to 128 characters, got: 0 characters',
    ],
    [
      () => js.SshKeepaliveTarget.tag('tag:team', 'web'),
      "SshKeepaliveTarget.tag: key must not begin with 'tag:', got: 'tag:team'",
    ],
    [
      () => js.SshKeepaliveTarget.instanceIds(),
      'SshKeepaliveTarget.instanceIds: at least one id is required, got: none',
    ],
    [
      () => js.SshKeepaliveTarget.instanceIds([ID]),
      'SshKeepaliveTarget.instanceIds: id must be a string, got: a list of 1. Pass the ids one by one, with ...ids.',
    ],
    [
      () => js.SshKeepaliveTarget.instanceIds(instance),
      "SshKeepaliveTarget.instanceIds: id must be a string, got: Instance 'Web/Instance'",
    ],
    [
      () => js.SshKeepaliveTarget.instanceIds('web'),
      "SshKeepaliveTarget.instanceIds: id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: 'web'",
    ],
    ...['arn:aws:resource-groups:eu-west-1:123456789012:group/web', 'web servers', 'aws-web'].map(
      (name): [() => unknown, string] => [
        () => SshKeepaliveTarget.resourceGroup(name),
        `SshKeepaliveTarget.resourceGroup: name must be letters, digits and . _ - and must not begin with aws, except for AWS_ of groups that AWS creates, got: '${name}' (a string). Pass the name of the group, not its ARN.`,
      ],
    ),
    [
      () => SshKeepaliveTarget.tag('team=web'),
      "SshKeepaliveTarget.tag: value is required, got: undefined. Did you mean SshKeepaliveTarget.tag('team', 'web')?",
    ],
    [
      () => js.SshKeepaliveTarget.resourceGroup(undefined),
      'SshKeepaliveTarget.resourceGroup: name must be a string, got: undefined',
    ],
    [
      () => js.SshKeepaliveTarget.resourceGroup(['legacy']),
      'SshKeepaliveTarget.resourceGroup: name must be a string, got: a list of 1',
    ],
  ],
  SshHost: [
    [() => js.SshHost.sessionManager(), 'SshHost.sessionManager: alias must be a string, got: undefined'],
    [
      () => js.SshHost.sessionManager('web'),
      "SshHost.sessionManager('web'): instance must be an Instance, got: undefined",
    ],
    [
      () => js.SshHost.sessionManager(instance, 'web'),
      "SshHost.sessionManager: alias must be a string, got: Instance 'Web/Instance'",
    ],
    [
      () => js.SshHost.sessionManager('web', ID),
      "SshHost.sessionManager('web'): instance must be an Instance, got: 'i-0123456789abcdef0' (a string)",
    ],
    [
      () => js.SshHost.sessionManager('web', instance, { username: 'ec2-user' }),
      "SshHost.sessionManager('web'): unknown property, got: 'username'. Did you mean 'user'?",
    ],
    [
      () => js.SshHost.sessionManager('web', instance, { port: '22' }),
      "SshHost.sessionManager('web'): port must be a whole number from 1 to 65535, got: '22' (a string)",
    ],
    [
      () => js.SshHost.sessionManager('web', instance, { user: 1000 }),
      "SshHost.sessionManager('web'): user must be a string, got: 1000 (a number)",
    ],
    [
      () => js.SshHost.sessionManager('web', instance, 'ec2-user'),
      "SshHost.sessionManager('web'): properties must be an object with user, identityFile, region, profile, port, got: 'ec2-user' (a string)",
    ],
    [
      () => js.SshHost.publicDns('web', group),
      "SshHost.publicDns('web'): instance must be an Instance, got: AutoScalingGroup 'Web/Group'",
    ],
    [() => js.SshHost.publicDns(['web'], instance), 'SshHost.publicDns: alias must be a string, got: a list of 1'],
    [
      () => js.SshHost.publicDns('web', instance, { region: 'eu-west-1' }),
      "SshHost.publicDns('web'): unknown property, got: 'region'. Known properties: user, identityFile, port.",
    ],
    [
      () => js.SshHost.privateIp('web', '10.0.0.1'),
      "SshHost.privateIp('web'): instance must be an Instance, got: '10.0.0.1' (a string)",
    ],
    [
      () => js.SshHost.privateIp('web', instance, { identityFile: ['~/.ssh/id'] }),
      "SshHost.privateIp('web'): identityFile must be a string, got: a list of 1",
    ],
    [
      () => js.SshHost.instanceConnectEndpoint('web', instance, { port: 22 }),
      "SshHost.instanceConnectEndpoint('web'): unknown property, got: 'port'. Known properties: user, identityFile, region, profile.",
    ],
    [
      () => js.SshHost.anySessionManager('ec2-user'),
      "SshHost.anySessionManager(): properties must be an object with user, identityFile, region, profile, port, got: 'ec2-user' (a string)",
    ],
    [
      () => js.SshHost.anySessionManager({ profile: true }),
      'SshHost.anySessionManager(): profile must be a string, got: true (a boolean)',
    ],
  ],
  'SshClientConfig and SshClientConfigStack': [
    [() => config(null), 'Web/Config: properties must be an object with keepalive, hosts, parameterPath, got: null'],
    [
      () => config('web'),
      "Web/Config: properties must be an object with keepalive, hosts, parameterPath, got: 'web' (a string)",
    ],
    [
      () => config({ client: ClientKeepalive.DEFAULT }),
      "Web/Config: unknown property, got: 'client'. Did you mean 'keepalive'?",
    ],
    [
      () => config({ keepalive: ServerKeepalive.DEFAULT }),
      `Web/Config: keepalive must be a ${CLIENT_KEEPALIVE}, got: a ServerKeepalive`,
    ],
    [() => config({ keepalive: 60 }), `Web/Config: keepalive must be a ${CLIENT_KEEPALIVE}, got: 60 (a number)`],
    [
      () => config({ hosts: SshHost.anySessionManager() }),
      'Web/Config: hosts must be a list of SshHosts, got: an SshHost',
    ],
    [
      () => config({ hosts: [instance] }),
      "Web/Config: hosts[0] must be an SshHost, for example SshHost.sessionManager('web', instance), got: Instance 'Web/Instance'",
    ],
    [
      () => config({ hosts: ['web'] }),
      "Web/Config: hosts[0] must be an SshHost, for example SshHost.sessionManager('web', instance), got: 'web' (a string)",
    ],
    [
      () => config({ hosts: [undefined] }),
      "Web/Config: hosts[0] must be an SshHost, for example SshHost.sessionManager('web', instance), got: undefined",
    ],
    [() => config({ parameterPath: 3 }), 'Web/Config: parameterPath must be a string, got: 3 (a number)'],
    [() => config({ parameterPath: '' }), 'Web/Config: parameterPath must not be empty, got: 0 characters'],
    [() => config({ host: [] }), "Web/Config: unknown property, got: 'host'. Did you mean 'hosts'?"],
    [
      () => clientStack('Client', { client: ClientKeepalive.DEFAULT }),
      "SshClientConfigStack 'Client': unknown property, got: 'client'. Did you mean 'keepalive'?",
    ],
    [
      () => clientStack('Client', { parameterpath: '/cdk-ssh-keepalive/x' }),
      "SshClientConfigStack 'Client': unknown property, got: 'parameterpath'. Did you mean 'parameterPath'?",
    ],
    [
      () => clientStack('Client', { keepalive: 60 }),
      `Client/Default: keepalive must be a ${CLIENT_KEEPALIVE}, got: 60 (a number)`,
    ],
  ],
  SshKeepaliveMixin: [
    [
      () => mixin({ server: ServerKeepalive.STIG }),
      "SshKeepaliveMixin: unknown property, got: 'server'. Did you mean 'keepalive'?",
    ],
    [
      () => mixin({ targets: [TAGGED] }),
      `SshKeepaliveMixin: unknown property, got: 'targets'. Known properties: ${OPTIONS}.`,
    ],
    [() => mixin({ keepalive: 60 }), `SshKeepaliveMixin: keepalive must be a ${KEEPALIVE}, got: 60 (a number)`],
    [
      () => mixin(ServerKeepalive.STIG),
      `SshKeepaliveMixin: properties must be an object with ${OPTIONS}, got: a ServerKeepalive`,
    ],
    [
      () => mixin({ permissions: 'none' }),
      `SshKeepaliveMixin: permissions must be one of ${PERMISSIONS}, got: 'none' (a string)`,
    ],
  ],
};

/** The call, as it is written above. */
function nameOf(use: () => unknown): string {
  return String(use)
    .replace(/^\(\) => /, '')
    .replace(/\s+/g, ' ');
}

describe.each(Object.entries(WRONG_USES))('%s', (_, uses) => {
  it.each(uses.map(([use, message]) => ({ name: nameOf(use), use, message })))('$name', ({ use, message }) => {
    expect(use).toThrow(new Error(message));
  });
});

it('The table above has at least 100 wrong uses', () => {
  expect(Object.values(WRONG_USES).flat().length).toBeGreaterThanOrEqual(100);
});

describe('A target that cannot be added', () => {
  it('leaves the construct and the instance as they were', () => {
    const web = new Stack(new App(), 'Web');
    const userData = ec2.UserData.custom('#cloud-config');
    const machineImage = ec2.MachineImage.latestAmazonLinux2023({ userData });
    const cloudConfig = new ec2.Instance(web, 'Instance', {
      vpc: new ec2.Vpc(web, 'Vpc', { maxAzs: 1 }),
      instanceType: launch.instanceType,
      machineImage,
    });
    const other = new lib.SshKeepalive(web, 'SshKeepalive', { targets: [TAGGED] });
    const before = JSON.stringify(web.resolve(other.node.findAll().map(({ node }) => node.id)));
    expect(() => other.addTarget(SshKeepaliveTarget.newInstance(cloudConfig))).toThrow('must be a shell script');
    expect(() => other.addTarget(SshKeepaliveTarget.tag('team', 'new', 'web'))).toThrow('is targeted twice');
    expect(JSON.stringify(web.resolve(other.node.findAll().map(({ node }) => node.id)))).toBe(before);
    // Neither the instance nor the first value of the tag is registered.
    other.addTarget(SshKeepaliveTarget.existingInstance(cloudConfig));
    other.addTarget(SshKeepaliveTarget.tag('team', 'new'));
    expect(userData.render()).toBe('#cloud-config');
  });
});
