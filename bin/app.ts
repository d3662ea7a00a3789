#!/usr/bin/env node
// The deployable app: keepalive for the tagged instances of an account, and the companion stack for laptops.
import { App, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import { SshClientConfigStack, SshHost, SshKeepalive, SshKeepaliveTarget } from '../lib';
import { ContextError, type Settings, readSettings } from './context';
import { addDemoInstance } from './demo-instance';

function build(app: App, settings: Settings): void {
  const stack = new Stack(app, 'SshKeepalive', {
    description:
      'Keeps idle SSH sessions connected: ClientAliveInterval and ClientAliveCountMax of the sshd of tagged instances',
  });
  const demoInstance = settings.demoInstance && addDemoInstance(stack, settings.demoInstance);
  const keepalive = new SshKeepalive(stack, 'SshKeepalive', {
    keepalive: settings.serverKeepalive,
    action: settings.action,
    targets: [...settings.targets, ...(demoInstance ? [SshKeepaliveTarget.newInstance(demoInstance)] : [])],
  });
  addOutputs(stack, keepalive);
  new SshClientConfigStack(app, 'SshClientConfig', {
    description: 'The keepalive settings for ~/.ssh/config',
    keepalive: settings.clientKeepalive,
    hosts: demoInstance ? [SshHost.anySessionManager()] : [],
  });
}

/** The values that an operator copies. */
function addOutputs(stack: Stack, { documentName, associationIds }: SshKeepalive): void {
  new CfnOutput(stack, 'DocumentName', { description: 'The SSM document, for Run Command.', value: documentName });
  new CfnOutput(stack, 'AssociationIds', {
    description: 'The State Manager associations, separated by commas.',
    value: Fn.join(',', associationIds),
  });
  new CfnOutput(stack, 'ComplianceCommand', {
    description: 'Shows the status of each instance in the latest execution of the associations.',
    // The result of each instance is available by the id of an execution only, which is found by that of the association.
    value: [
      `for id in ${Fn.join(' ', associationIds)}; do`,
      `aws ssm describe-association-execution-targets --region ${stack.region} --association-id $id`,
      `--execution-id $(aws ssm describe-association-executions --region ${stack.region} --association-id $id`,
      "--no-paginate --query 'sort_by(AssociationExecutions,&CreatedTime)[-1].ExecutionId' --output text)",
      "--query 'AssociationExecutionTargets[].[ResourceId,DetailedStatus]' --output text; done",
    ].join(' '),
  });
}

try {
  const app = new App();
  build(app, readSettings(app.node.getAllContext() as Record<string, unknown>));
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  // Immediately: an app that ends by itself is synthesized.
  process.exit(1);
}
