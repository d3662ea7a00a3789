// The disk from which cloud-init takes its user data (NoCloud): that of an instance of a synthesized stack.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { type Deployment, type Template as StackTemplate, extract } from '../../bin/rehearsal/templates';
import { ServerKeepalive, SshClientConfigStack, SshKeepalive, SshKeepaliveTarget } from '../../lib';

/** The values of the first boot, small enough to see a keepalive arrive, and other ones than those of the document. */
export const FIRST_BOOT = { interval: 2, countMax: 7 };

/** The user data waits until this file is there, so that a machine can be saved before the first boot runs. */
const GATE = '/run/gate';
export const OPEN_GATE = `touch ${GATE}`;

/** The exit status and the times, in seconds after boot, of the commands around the first boot. */
export const AROUND_FIRST_BOOT = '/run/around-first-boot';

/** Opens the gate, and waits until the first boot has run. */
export const RUN_FIRST_BOOT = `${OPEN_GATE}; until [ "$(wc -l <${AROUND_FIRST_BOOT})" = 3 ]; do sleep 0.5; done`;

/** What the app deploys to the instance, with commands of somebody else before and after the first boot. */
export function synthesizeInstance(): Deployment {
  const app = new App();
  const stack = new Stack(app, 'SshKeepalive');
  const userData = ec2.UserData.forLinux();
  const instance = new ec2.Instance(stack, 'Instance', {
    vpc: new ec2.Vpc(stack, 'Vpc'),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    userData,
  });
  userData.addCommands(
    `until [ -e ${GATE} ]; do sleep 0.2; done`,
    `cat /proc/uptime >${AROUND_FIRST_BOOT}`,
    '(exit 7)',
  );
  const firstBoot = ServerKeepalive.of({ ...FIRST_BOOT, interval: Duration.seconds(FIRST_BOOT.interval) });
  new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.newInstance(instance, { firstBoot })] });
  userData.addCommands(`echo "$?" >>${AROUND_FIRST_BOOT}`, `cat /proc/uptime >>${AROUND_FIRST_BOOT}`);
  const client = new SshClientConfigStack(app, 'SshClientConfig');
  const templateOf = (of: Stack): StackTemplate => Template.fromStack(of).toJSON() as StackTemplate;
  return extract(templateOf(stack), templateOf(client));
}

/** Makes the disk in a folder; root accepts the key. */
export function makeSeed(folder: string, userData: string, publicKey: string): string {
  const files = {
    'user-data': userData,
    'meta-data': JSON.stringify({
      'instance-id': 'i-0',
      'local-hostname': 'machine',
      'public-keys': [publicKey.trim()],
    }),
  };
  const disk = join(folder, 'seed');
  execFileSync('mkfs.vfat', ['-C', '-n', 'CIDATA', disk, '1024']);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    execFileSync('mcopy', ['-i', disk, join(folder, name), `::${name}`]);
  }
  return disk;
}
