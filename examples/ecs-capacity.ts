// The container instances of an ECS cluster: each capacity provider has an Auto Scaling group.
import { App, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Containers');
const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
const provider = new ecs.AsgCapacityProvider(stack, 'Capacity', {
  autoScalingGroup: new autoscaling.AutoScalingGroup(stack, 'Group', {
    vpc,
    instanceType: new ec2.InstanceType('t3.medium'),
    machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
  }),
});
cluster.addAsgCapacityProvider(provider);

new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.autoScalingGroup(provider.autoScalingGroup)] });
