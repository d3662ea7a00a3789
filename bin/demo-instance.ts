// A small instance for a trial: no inbound port, access through Session Manager.
import { Annotations, CfnOutput } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** Adds the instance with its own VPC, and an output with the command to connect. */
export function addDemoInstance(scope: Construct, image: 'al2' | 'al2023'): ec2.Instance {
  const vpc = new ec2.Vpc(scope, 'DemoVpc', {
    maxAzs: 1,
    natGateways: 0,
    subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
    // True would add a Lambda function with an asset. Nothing in this VPC uses the default security group.
    restrictDefaultSecurityGroup: false,
  });
  const instance = new ec2.Instance(scope, 'DemoInstance', {
    vpc,
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO),
    machineImage: image === 'al2' ? ec2.MachineImage.latestAmazonLinux2() : ec2.MachineImage.latestAmazonLinux2023(),
    requireImdsv2: true,
  });
  if (image === 'al2') {
    Annotations.of(instance).addWarningV2(
      'cdk-ssh-keepalive:DemoInstance.amazonLinux2',
      'Support for Amazon Linux 2 ended in June 2026. Use this instance for a trial only.',
    );
  }
  new CfnOutput(scope, 'DemoInstanceSsh', {
    description:
      'Connects through Session Manager. Requires your public key on the instance and the client snippet in ~/.ssh/config.',
    value: `ssh ec2-user@${instance.instanceId}`,
  });
  return instance;
}
