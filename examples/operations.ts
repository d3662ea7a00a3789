// After the deployment: a notification when the settings cannot be applied to an instance, and permission for the operators'
// role to run the document, for example to check an instance immediately.
import { App, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { RateLimit, SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Operations');
const operators = new iam.Role(stack, 'Operators', { assumedBy: new iam.AccountRootPrincipal() });

const keepalive = new SshKeepalive(stack, 'SshKeepalive', {
  targets: [SshKeepaliveTarget.tag('team', 'payments')],
  maxConcurrency: RateLimit.count(5),
  maxErrors: RateLimit.count(0), // stop at the first error
});

keepalive.onNonCompliant('NonCompliant', {
  description: 'The keepalive settings could not be applied to an instance',
  target: new targets.SnsTopic(new sns.Topic(stack, 'Alerts')),
});

keepalive.grantRun(operators);
// To read the results. These actions support no resource but *.
operators.addToPolicy(
  new iam.PolicyStatement({
    actions: ['ssm:ListCommands', 'ssm:ListCommandInvocations', 'ssm:GetCommandInvocation'],
    resources: ['*'],
  }),
);

new CfnOutput(stack, 'AssociationIds', { value: Fn.join(',', keepalive.associationIds) });
