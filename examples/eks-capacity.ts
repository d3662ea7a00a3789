// A managed node group of EKS. EKS uses its own copy of a launch template, but tags each node with the group's name.
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

// The target is a tag, from which the role is not known: add the permissions to the role.
nodes.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'));
new SshKeepalive(stack, 'SshKeepalive', {
  targets: [SshKeepaliveTarget.tag('eks:nodegroup-name', nodes.nodegroupName)],
});
// For a group of cluster.addAutoScalingGroupCapacity() use SshKeepaliveTarget.autoScalingGroup.
