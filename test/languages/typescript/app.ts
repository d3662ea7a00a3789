import { App, Duration, Mixins, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  ServerKeepalive,
  SshClientConfigStack,
  SshHost,
  SshKeepalive,
  SshKeepaliveMixin,
  SshKeepaliveTarget,
} from 'cdk-ssh-keepalive';

const app = new App();

// A new instance has the settings from its first boot on.
const web = new Stack(app, 'Web');
const webServer = new ec2.Instance(web, 'Instance', {
  vpc: new ec2.Vpc(web, 'Vpc'),
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
});
new SshKeepalive(web, 'SshKeepalive', {
  targets: [SshKeepaliveTarget.newInstance(webServer)],
});

// An existing instance is not stopped, started or replaced.
const database = new Stack(app, 'Database');
const databaseServer = new ec2.Instance(database, 'Instance', {
  vpc: new ec2.Vpc(database, 'Vpc'),
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.latestAmazonLinux2(),
});
new SshKeepalive(database, 'SshKeepalive', {
  keepalive: ServerKeepalive.of({ interval: Duration.seconds(30), countMax: 240 }),
  targets: [SshKeepaliveTarget.existingInstance(databaseServer), SshKeepaliveTarget.tag('ssh-keepalive', 'true')],
});

// Every instance of a stack or an app. This is the last line that adds instances.
const bastion = new Stack(app, 'Bastion');
new ec2.BastionHostLinux(bastion, 'Host', { vpc: new ec2.Vpc(bastion, 'Vpc') });
Mixins.of(bastion).apply(new SshKeepaliveMixin());

// The settings for ~/.ssh/config.
new SshClientConfigStack(app, 'SshClientConfig', {
  hosts: [SshHost.sessionManager('web', webServer, { user: 'ec2-user' })],
});
app.synth();
