// First boot of a group, on request: new instances are set up before anybody can log in.
import { App, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ServerKeepalive, SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Workers');
const group = new autoscaling.AutoScalingGroup(stack, 'Group', {
  vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }),
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
});

// On a group that is deployed already this makes new launch settings. Running instances stay, because this one has no
// update policy; a group that has one would be rolled, and a warning says so.
new SshKeepalive(stack, 'SshKeepalive', {
  targets: [SshKeepaliveTarget.autoScalingGroup(group, { firstBoot: ServerKeepalive.DEFAULT })],
});
