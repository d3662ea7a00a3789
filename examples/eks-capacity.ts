// A managed node group of EKS. EKS launches from its own copy of a launch template, but tags each node with the group's name.
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Nodes');
const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'production', vpc });
const nodes = new eks.Nodegroup(stack, 'Nodegroup', { cluster, amiType: eks.NodegroupAmiType.AL2023_X86_64_STANDARD });

// The construct sees a tag here and not the role, so the role is given what it needs by hand.
nodes.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'));
new SshKeepalive(stack, 'SshKeepalive', {
  targets: [SshKeepaliveTarget.tag('eks:nodegroup-name', nodes.nodegroupName)],
});
// A group from cluster.addAutoScalingGroupCapacity() is an Auto Scaling group like others: SshKeepaliveTarget.autoScalingGroup.
