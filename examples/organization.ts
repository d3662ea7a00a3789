// Keepalive for all accounts of organizational units, in several Regions: a service-managed stack set with the plain
// template. docs/organization.md shows how to deploy and how to remove it.
import { App, CfnParameter, CfnStackSet, Stack } from 'aws-cdk-lib';
// In another repository, read the file that `npm run template` writes.
import { plainTemplate } from '../bin/template/plain-template';

export const app = new App();
const stack = new Stack(app, 'SshKeepaliveOrganization', {
  description: 'Keeps idle SSH sessions connected, in all accounts of organizational units',
});
const units = new CfnParameter(stack, 'OrganizationalUnitIds', {
  type: 'CommaDelimitedList',
  allowedPattern: '^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$',
  constraintDescription: 'must be ids such as ou-ab12-34567890, or the root r-ab12, separated by commas',
  description: 'The organizational units, including those below them. Accounts that join later are included.',
});
const regions = new CfnParameter(stack, 'Regions', {
  type: 'CommaDelimitedList',
  allowedPattern: '^[a-z]{2,}(-[a-z]+)+-[0-9]+$',
  description: 'The Regions, in the order of deployment.',
});
const callAs = new CfnParameter(stack, 'CallAs', {
  allowedValues: ['DELEGATED_ADMIN', 'SELF'],
  default: 'DELEGATED_ADMIN',
  description: 'SELF when this stack is deployed in the management account.',
});
// The parameters of the plain template, with the same defaults.
const settings = {
  TagKey: new CfnParameter(stack, 'TagKey', { default: 'ssh-keepalive' }),
  TagValue: new CfnParameter(stack, 'TagValue', { default: 'true' }),
  ClientAliveInterval: new CfnParameter(stack, 'ClientAliveInterval', { default: '60' }),
  ClientAliveCountMax: new CfnParameter(stack, 'ClientAliveCountMax', { default: '120' }),
  Action: new CfnParameter(stack, 'Action', {
    allowedValues: ['Apply', 'Check', 'Remove'],
    default: 'Apply',
    description: 'Before you delete this stack, deploy it with Remove and wait until the associations have run.',
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
  // When an account leaves, its stack is deleted and its instances keep the settings.
  autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
  managedExecution: { Active: true },
  stackInstancesGroup: [
    { deploymentTargets: { organizationalUnitIds: units.valueAsList }, regions: regions.valueAsList },
  ],
  // A tenth of the accounts at a time, one Region after the other; stops when more than a tenth fail.
  operationPreferences: {
    regionConcurrencyType: 'SEQUENTIAL',
    regionOrder: regions.valueAsList,
    maxConcurrentPercentage: 10,
    failureTolerancePercentage: 10,
  },
});
