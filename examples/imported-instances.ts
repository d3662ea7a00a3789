// Instances that the app does not create: by a tag, by their ids, by a resource group.
import { App, Stack } from 'aws-cdk-lib';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'SshKeepalive');

// The app does not know their roles. They need the permissions of AmazonSSMManagedInstanceCore, or Default Host Management
// Configuration.
new SshKeepalive(stack, 'SshKeepalive', {
  targets: [
    SshKeepaliveTarget.tag('team', 'payments', 'billing'),
    SshKeepaliveTarget.instanceIds('i-0123456789abcdef0', 'mi-0123456789abcdef0'),
    SshKeepaliveTarget.resourceGroup('legacy'),
  ],
});
