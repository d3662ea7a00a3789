// An instance of another stack of the app. The tag and the policy are added there, and neither stack depends on the other.
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const web = new Stack(app, 'Web');
const instance = new ec2.Instance(web, 'Instance', {
  vpc: new ec2.Vpc(web, 'Vpc', { maxAzs: 2 }),
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
});

new SshKeepalive(new Stack(app, 'Operations'), 'SshKeepalive', {
  targets: [SshKeepaliveTarget.existingInstance(instance)],
});
