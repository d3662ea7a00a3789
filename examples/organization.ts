// Keepalive for all accounts of organizational units, in several Regions: a service-managed stack set whose template is
// the plain one. docs/organization.md tells how to deploy it and how to take it back.
import { App, CfnParameter, CfnStackSet, Stack } from 'aws-cdk-lib';
// In a repository of your own, read the file that `npm run template` writes here.
import { plainTemplate } from '../bin/template/plain-template';

export const app = new App();
const stack = new Stack(app, 'SshKeepaliveOrganization', {
  description: 'Keeps idle SSH sessions connected, in all accounts of organizational units',
});
const units = new CfnParameter(stack, 'OrganizationalUnitIds', {
  type: 'CommaDelimitedList',
  allowedPattern: '^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$',
  constraintDescription: 'must be ids such as ou-ab12-34567890, or the root r-ab12, separated by commas',
  description: 'The organizational units whose accounts get keepalive, now and later. Those below them are included.',
});
const regions = new CfnParameter(stack, 'Regions', {
  type: 'CommaDelimitedList',
  allowedPattern: '^[a-z]{2,}(-[a-z]+)+-[0-9]+$',
  description: 'The Regions, in the order in which they are deployed; the first one is the trial.',
});
const callAs = new CfnParameter(stack, 'CallAs', {
  allowedValues: ['DELEGATED_ADMIN', 'SELF'],
  default: 'DELEGATED_ADMIN',
  description: 'SELF when this stack is deployed in the management account.',
});
// What the accounts are told; the plain template explains it, and has the same defaults.
const settings = {
  TagKey: new CfnParameter(stack, 'TagKey', { default: 'ssh-keepalive' }),
  TagValue: new CfnParameter(stack, 'TagValue', { default: 'true' }),
  ClientAliveInterval: new CfnParameter(stack, 'ClientAliveInterval', { default: '60' }),
  ClientAliveCountMax: new CfnParameter(stack, 'ClientAliveCountMax', { default: '120' }),
  Ensure: new CfnParameter(stack, 'Ensure', {
    allowedValues: ['present', 'absent', 'check-only'],
    default: 'present',
    description: 'absent takes the settings out again; deploy that, and let it run, before you delete this stack.',
  }),
};

new CfnStackSet(stack, 'Keepalive', {
  stackSetName: 'cdk-ssh-keepalive',
  description: 'Keeps idle SSH sessions to tagged instances connected',
  templateBody: plainTemplate(),
  parameters: Object.entries(settings).map(([parameterKey, { valueAsString }]) => ({
    parameterKey,
    parameterValue: valueAsString,
  })),
  permissionModel: 'SERVICE_MANAGED',
  callAs: callAs.valueAsString,
  // Accounts that join a unit get it. Of accounts that leave, the stack is deleted and the settings stay on the instances.
  autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
  managedExecution: { Active: true },
  stackInstancesGroup: [
    { deploymentTargets: { organizationalUnitIds: units.valueAsList }, regions: regions.valueAsList },
  ],
  // A tenth of the accounts at a time, one Region after the other; it stops where more than a tenth fail.
  operationPreferences: {
    regionConcurrencyType: 'SEQUENTIAL',
    regionOrder: regions.valueAsList,
    maxConcurrentPercentage: 10,
    failureTolerancePercentage: 10,
  },
});
