#!/usr/bin/env node
// The deployable app: keepalive for the account's tagged instances, and the companion stack for the laptops.
import { App, Stack } from 'aws-cdk-lib';
import { SshClientConfigStack, SshHost, SshKeepalive, SshKeepaliveTarget } from '../lib';
import { ContextError, type Settings, readSettings } from './context';
import { addDemoInstance } from './demo-instance';

function build(app: App, settings: Settings): void {
  const stack = new Stack(app, 'SshKeepalive', {
    description:
      'Keeps idle SSH sessions connected: ClientAliveInterval and ClientAliveCountMax of the sshd of tagged instances',
  });
  const demoInstance = settings.demoInstance && addDemoInstance(stack, settings.demoInstance);
  new SshKeepalive(stack, 'SshKeepalive', {
    server: settings.server,
    ensure: settings.ensure,
    targets: [...settings.targets, ...(demoInstance ? [SshKeepaliveTarget.newInstance(demoInstance)] : [])],
  });
  new SshClientConfigStack(app, 'SshClientConfig', {
    description: 'The keepalive settings for ~/.ssh/config',
    client: settings.client,
    hosts: demoInstance ? [SshHost.anySessionManager()] : [],
  });
}

try {
  const app = new App();
  build(app, readSettings(app.node.getAllContext() as Record<string, unknown>));
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  // At once: an app whose process ends by itself synthesizes.
  process.exit(1);
}
