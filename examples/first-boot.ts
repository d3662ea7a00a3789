// First boot of a group: user data applies the settings before anybody can log in.
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

// This changes the launch configuration of a deployed group. It has no update policy, so running instances stay. For a
// group with an update policy a warning is issued, because it replaces running instances.
new SshKeepalive(stack, 'SshKeepalive', {
  targets: [SshKeepaliveTarget.autoScalingGroup(group, { firstBoot: ServerKeepalive.DEFAULT })],
});
