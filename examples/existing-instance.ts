// Keepalive on an instance that is deployed already: one change at a time, each of them a deployment. `cdk diff -c step=...`
// shows what each changes: before, existing, slower, remove, gone; and new, which is wrong for a deployed instance.
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  ServerKeepalive,
  SshKeepalive,
  SshKeepaliveAction,
  type SshKeepaliveProps,
  SshKeepaliveTarget,
} from 'cdk-ssh-keepalive';

/** The app at one step. */
export function at(step: string, app = new App()): App {
  const stack = new Stack(app, 'Web');
  const instance = new ec2.Instance(stack, 'Instance', {
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  });
  const existing = [SshKeepaliveTarget.existingInstance(instance)];
  const steps: Record<string, SshKeepaliveProps | undefined> = {
    before: undefined,
    existing: { targets: existing },
    slower: { targets: existing, keepalive: ServerKeepalive.of({ interval: Duration.seconds(120) }) },
    remove: { targets: existing, action: SshKeepaliveAction.REMOVE },
    gone: undefined,
    new: { targets: step === 'new' ? [SshKeepaliveTarget.newInstance(instance)] : existing },
  };
  if (!(step in steps)) throw new Error(`step must be one of ${Object.keys(steps).join(', ')}, got: '${step}'`);
  const props = steps[step];
  if (props) new SshKeepalive(stack, 'SshKeepalive', props);
  return app;
}

export const app = new App();
at((app.node.tryGetContext('step') as string | undefined) ?? 'existing', app);
