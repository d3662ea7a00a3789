// One synthesis in a process of its own, as `cdk synth` starts it: loads what all contestants use, then builds and
// synthesizes the app of one of them. Prints the milliseconds from `new App()` to the last template, and how large that is.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTESTANTS } from './contestants.mjs';

const require = createRequire(import.meta.url);
const { App, Stack } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const iam = require('aws-cdk-lib/aws-iam');

const [name, instances, stacks, roles] = process.argv.slice(2);
const addKeepalive = CONTESTANTS[name]();
const outdir = mkdtempSync(join(tmpdir(), 'bench-synth-'));
process.once('exit', () => rmSync(outdir, { recursive: true }));

const start = process.cpuUsage();
const app = new App({ outdir, analyticsReporting: false });
for (let i = 0; i < Number(stacks); i++) addKeepalive(...stackWith(`Web${i}`, Number(instances) / Number(stacks)));
const assembly = app.synth();
const { user, system } = process.cpuUsage(start);

const { template, templateFullPath } = assembly.stacks[0];
console.log(
  JSON.stringify({
    // Of the processor, which is what synthesis needs: other programs on the machine disturb it least.
    ms: (user + system) / 1e3,
    bytes: statSync(templateFullPath).size,
    resources: Object.keys(template.Resources).length,
  }),
);

/**
 * Instances that share a network, a security group, and a role with its instance profile, unless each is to have its own.
 * With one of each, 200 of them would be 800 resources, and CloudFormation takes 500.
 */
function stackWith(id, count) {
  const stack = new Stack(app, id);
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const assumedBy = new iam.ServicePrincipal('ec2.amazonaws.com');
  const role = roles === 'own-roles' ? undefined : new iam.Role(stack, 'Role', { assumedBy });
  const instanceProfile = role && new iam.InstanceProfile(stack, 'InstanceProfile', { role });
  const securityGroup = new ec2.SecurityGroup(stack, 'SecurityGroup', { vpc });
  const machineImage = ec2.MachineImage.latestAmazonLinux2023();
  const instanceType = ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO);
  const made = Array.from({ length: count }, (_, i) => {
    const props = { vpc, instanceType, machineImage, instanceProfile, securityGroup };
    return new ec2.Instance(stack, `Instance${i}`, props);
  });
  return [stack, made];
}
