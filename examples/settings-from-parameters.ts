// Settings that are known at deployment: from a parameter of the stack, and from Parameter Store.
import {
  App,
  CfnDynamicReference,
  CfnDynamicReferenceService,
  CfnParameter,
  Duration,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { ServerKeepalive, SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Web');

// cdk deploy --parameters ClientAliveInterval=30
const interval = new CfnParameter(stack, 'ClientAliveInterval', {
  type: 'Number',
  default: 60,
  minValue: 1,
  maxValue: 86_400,
});
// Version 3 of an existing parameter, resolved by CloudFormation: {{resolve:ssm:/baseline/ssh/count-max:3}}. A reference that
// the agent resolves, {{ssm:...}}, is an error.
const countMax = new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/baseline/ssh/count-max:3');

new SshKeepalive(stack, 'SshKeepalive', {
  keepalive: ServerKeepalive.of({
    interval: Duration.seconds(interval.valueAsNumber),
    countMax: Token.asNumber(countMax),
  }),
  targets: [SshKeepaliveTarget.tag('ssh-keepalive', 'true')],
});
