// An Auto Scaling group: Auto Scaling tags its instances with its name, so that nothing of the group changes.
import { App, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Workers');
const group = new autoscaling.AutoScalingGroup(stack, 'Group', {
  vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }),
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  maxCapacity: 4,
});

new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.autoScalingGroup(group)] });
