// The keepalive for tagged instances as one CloudFormation template, for those without CDK. It is the construct with
// parameters for what a CDK app would say in code; knows nothing about where the text goes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  BootstraplessSynthesizer,
  CfnMapping,
  CfnOutput,
  CfnParameter,
  Duration,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { CfnAssociation } from 'aws-cdk-lib/aws-ssm';
import { ServerKeepalive, SshKeepalive, SshKeepaliveTarget } from '../../lib';
import { COUNT_MAX_PATTERN, type DocumentAction, INTERVAL_PATTERN } from '../../lib/server/document';

/** A template that is passed inline, to a stack as to a stack set, may be no larger. */
export const MAX_BYTES = 51_200;

const DESCRIPTION =
  'Keeps idle SSH sessions to tagged Linux instances connected: Systems Manager sets ClientAliveInterval and ' +
  'ClientAliveCountMax of their sshd, now and later, and corrects drift. The instances need the SSM agent and permission ' +
  'for Systems Manager, from their role or by Default Host Management Configuration. Before you delete the stack, update ' +
  'it with Ensure=absent and let it run: deleting by itself leaves the settings on the instances.';

/**
 * CloudFormation takes a reference in the place of a parameter's value only with a version.
 *
 * Not `resolve:`, which aws-cdk-lib 2.276 takes for a broken reference where the template is the property of a stack set.
 */
const SSM_REFERENCE = '^\\{\\{resolve[:]ssm:[a-zA-Z0-9_./-]+:[0-9]+\\}\\}$';

/** At least 30 minutes, below which State Manager refuses a rate. */
const SCHEDULE_PATTERN =
  '^(rate\\((([3-9][0-9]|[1-9][0-9]{2,4}) minutes|1 (hour|day)|([2-9]|[1-9][0-9]{1,3}) (hours|days))\\)|cron\\([^()]+\\))$';

/** What each word means to the document, and after how many failures no further instance is tried. */
const ENSURE: Record<string, { Action: DocumentAction; MaxErrors: string }> = {
  present: { Action: 'Apply', MaxErrors: '10%' },
  absent: { Action: 'Remove', MaxErrors: '10%' },
  // Each drifted instance counts as a failure.
  'check-only': { Action: 'Check', MaxErrors: '100%' },
};

/** @returns the template as text, the same bytes for everybody who uses a version */
export function plainTemplate(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'plain-template-'));
  try {
    const app = new App({ outdir, autoSynth: false, analyticsReporting: false, treeMetadata: false });
    const stack = new Stack(app, 'SshKeepalive', { synthesizer: new BootstraplessSynthesizer() });
    define(stack);
    const text = JSON.stringify(app.synth().getStackByName(stack.stackName).template, null, 2) + '\n';
    if (Buffer.byteLength(text) <= MAX_BYTES) return text;
    throw new Error(
      `The template has ${Buffer.byteLength(text)} bytes, but CloudFormation takes ${MAX_BYTES} inline. Shorten the script.`,
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function define(stack: Stack): void {
  const tagKey = addParameter(stack, 'TagKey', 'The key of the tag that the instances bear.', {
    default: 'ssh-keepalive',
    allowedPattern: '^[\\w .:/=+@-]{1,128}$',
    constraintDescription: 'must be 1 to 128 letters, digits, spaces and _ . : / = + @ -',
  });
  const tagValue = addParameter(stack, 'TagValue', 'The value of that tag.', {
    default: 'true',
    allowedPattern: '^[\\w .:/=+@-]{1,256}$',
    constraintDescription: 'must be 1 to 256 letters, digits, spaces and _ . : / = + @ -',
  });
  // Strings, because the type Number takes 60.5 as well, and no reference to Parameter Store.
  const interval = addParameter(
    stack,
    'ClientAliveInterval',
    'Seconds after which sshd asks a silent client for a sign of life, or a dynamic reference to Parameter Store.',
    {
      default: '60',
      allowedPattern: `${INTERVAL_PATTERN}|${SSM_REFERENCE}`,
      constraintDescription: 'must be a whole number from 1 to 86400, or an ssm dynamic reference with a version',
    },
  );
  const countMax = addParameter(
    stack,
    'ClientAliveCountMax',
    'How many times sshd asks before it drops the client, or a dynamic reference to Parameter Store.',
    {
      default: '120',
      allowedPattern: `${COUNT_MAX_PATTERN}|${SSM_REFERENCE}`,
      constraintDescription: 'must be a whole number from 1 to 10000, or an ssm dynamic reference with a version',
    },
  );
  const ensure = addParameter(
    stack,
    'Ensure',
    'present: the settings hold, and drift is corrected. absent: they are taken out again. check-only: drift is only reported.',
    { default: 'present', allowedValues: Object.keys(ENSURE) },
  );
  const schedule = addParameter(
    stack,
    'Schedule',
    'When drift is looked for and corrected. New instances and changed settings do not wait for it.',
    {
      default: 'rate(1 day)',
      allowedPattern: SCHEDULE_PATTERN,
      constraintDescription: 'must be rate(...) of 30 minutes or longer, or cron(...)',
    },
  );
  const maxConcurrency = addParameter(
    stack,
    'MaxConcurrency',
    'On how many instances the document runs at a time: a number or a percentage.',
    {
      default: '10%',
      allowedPattern: '^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$',
      constraintDescription: 'must be a number of instances from 1, or a percentage from 1% to 100%',
    },
  );
  stack.templateOptions.templateFormatVersion = '2010-09-09';
  stack.templateOptions.description = DESCRIPTION;
  stack.templateOptions.metadata = {
    'AWS::CloudFormation::Interface': {
      ParameterGroups: [
        group('Which instances', tagKey, tagValue),
        group('What their sshd is told', interval, countMax),
        group('How it is seen to', ensure, schedule, maxConcurrency),
      ],
    },
  };

  const meaning = new CfnMapping(stack, 'Meaning', { mapping: ENSURE });
  // Named Default so that the logical ids are Document and Association.
  const keepalive = new SshKeepalive(stack, 'Default', {
    targets: [SshKeepaliveTarget.tag(tagKey.valueAsString, tagValue.valueAsString)],
    server: ServerKeepalive.of({
      interval: Duration.seconds(Token.asNumber(interval.value)),
      countMax: Token.asNumber(countMax.value),
    }),
    schedule: Schedule.expression(schedule.valueAsString),
    maxConcurrency: maxConcurrency.valueAsString,
    maxErrors: meaning.findInMap(ensure.valueAsString, 'MaxErrors'),
  });
  const association = keepalive.node.findChild('Association') as CfnAssociation;
  // The construct's `ensure` is chosen at synthesis.
  association.parameters = {
    ...(association.parameters as object),
    Action: [meaning.findInMap(ensure.valueAsString, 'Action')],
  };
  association.addMetadata(
    'Description',
    'Does on the tagged instances what Ensure says, on new ones when they appear, and again by the schedule.',
  );
  new CfnOutput(stack, 'DocumentName', {
    description: 'The document, for Run Command.',
    value: keepalive.documentName,
  });
  new CfnOutput(stack, 'AssociationId', {
    description: 'The association, for what State Manager reports of the instances.',
    value: association.attrAssociationId,
  });
}

function addParameter(
  stack: Stack,
  name: string,
  description: string,
  rules: { default: string; allowedPattern?: string; allowedValues?: string[]; constraintDescription?: string },
): CfnParameter {
  return new CfnParameter(stack, name, { type: 'String', description, ...rules });
}

function group(label: string, ...parameters: CfnParameter[]): object {
  return { Label: { default: label }, Parameters: parameters.map(({ logicalId }) => logicalId) };
}
