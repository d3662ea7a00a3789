// A bastion host is an instance like others. Its role does not allow State Manager, and gets the missing permissions.
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SshClientConfig, SshHost, SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'Bastion');
const bastion = new ec2.BastionHostLinux(stack, 'Host', { vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) });

new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.existingInstance(bastion)] });
new SshClientConfig(stack, 'SshClientConfig', {
  hosts: [SshHost.sessionManager('bastion', bastion, { user: 'ec2-user' })],
});
