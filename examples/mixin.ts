// A whole app at once: every instance and Auto Scaling group in it, stack by stack, without an interruption.
import { App, Mixins, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SshKeepaliveMixin } from 'cdk-ssh-keepalive';

export const app = new App();
for (const id of ['Web', 'Database']) {
  const stack = new Stack(app, id);
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  const launch = {
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  };
  new ec2.Instance(stack, 'Instance', { vpc, ...launch });
  new autoscaling.AutoScalingGroup(stack, 'Group', { vpc, ...launch });
}

// The last line of the app: a mixin is applied to what exists at that time.
Mixins.of(app).apply(new SshKeepaliveMixin());
