// One launch template for several groups: EC2 tags every instance with the template's id, whichever group launches it.
import { App, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Workers');
const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
const launchTemplate = new ec2.LaunchTemplate(stack, 'Template', {
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  role: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
});
for (const id of ['Day', 'Night']) new autoscaling.AutoScalingGroup(stack, id, { vpc, launchTemplate });

// Target the template or each group, not both.
new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.launchTemplate(launchTemplate)] });
