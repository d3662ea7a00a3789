// Instances that the app does not make: by a tag that they bear, by their ids, by a resource group.
import { App, Stack } from 'aws-cdk-lib';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

export const app = new App();
const stack = new Stack(app, 'SshKeepalive');

// Their roles are not this app's: they need what AmazonSSMManagedInstanceCore or the account's default host management gives.
new SshKeepalive(stack, 'SshKeepalive', {
  targets: [
    SshKeepaliveTarget.tag('team', 'payments', 'billing'),
    SshKeepaliveTarget.instanceIds('i-0123456789abcdef0', 'mi-0123456789abcdef0'),
    SshKeepaliveTarget.resourceGroup('legacy'),
  ],
});
