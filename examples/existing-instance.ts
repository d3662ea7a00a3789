// The life of keepalive on an instance that was deployed long ago: one change at a time, each of them a deployment.
// `cdk diff -c step=...` tells what each would do: before, existing, slower, absent, gone; and new, for what not to do here.
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Ensure, ServerKeepalive, SshKeepalive, type SshKeepaliveProps, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

/** The app at one step of its life. */
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
    slower: { targets: existing, server: ServerKeepalive.of({ interval: Duration.seconds(120) }) },
    absent: { targets: existing, ensure: Ensure.ABSENT },
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
