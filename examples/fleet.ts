// A larger app, with and without the line that adds keepalive: 50 instances, 3 groups and a bastion host in two stacks.
import { App, Mixins, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { SshKeepaliveMixin } from 'cdk-ssh-keepalive';

/** The app without keepalive. */
export function fleet(): App {
  const app = new App();
  const network = new Stack(app, 'Network');
  const vpc = new ec2.Vpc(network, 'Vpc', { maxAzs: 2 });
  new ec2.BastionHostLinux(network, 'Bastion', { vpc });

  const servers = new Stack(app, 'Servers');
  const launch = {
    vpc,
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    role: new iam.Role(servers, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
    securityGroup: new ec2.SecurityGroup(servers, 'SecurityGroup', { vpc }),
  };
  for (let n = 1; n <= 50; n++) new ec2.Instance(servers, `Server${n}`, launch);
  for (const id of ['Api', 'Workers', 'Batch']) {
    new autoscaling.AutoScalingGroup(servers, id, {
      ...launch,
      updatePolicy: autoscaling.UpdatePolicy.rollingUpdate(),
    });
  }
  return app;
}

export const app = fleet();
Mixins.of(app).apply(new SshKeepaliveMixin());
