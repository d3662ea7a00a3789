// Settings that synthesis does not know: from a parameter of the stack, and from Parameter Store.
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

// Whoever deploys says it: cdk deploy --parameters ClientAliveInterval=30
const interval = new CfnParameter(stack, 'ClientAliveInterval', {
  type: 'Number',
  default: 60,
  minValue: 1,
  maxValue: 86_400,
});
// Version 3 of a parameter that is kept elsewhere: {{resolve:ssm:/baseline/ssh/count-max:3}}
const countMax = new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/baseline/ssh/count-max:3');

new SshKeepalive(stack, 'SshKeepalive', {
  server: ServerKeepalive.of({
    interval: Duration.seconds(interval.valueAsNumber),
    countMax: Token.asNumber(countMax),
  }),
  targets: [SshKeepaliveTarget.tag('ssh-keepalive', 'true')],
});
