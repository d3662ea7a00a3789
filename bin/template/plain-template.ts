// The keepalive for tagged instances as one CloudFormation template, for use without CDK: the construct, with parameters in
// the place of its properties. Knows nothing about where the text is written.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  Aws,
  BootstraplessSynthesizer,
  CfnMapping,
  CfnOutput,
  CfnParameter,
  Duration,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { CfnAssociation, CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { RateLimit, ServerKeepalive, SshKeepalive, SshKeepaliveAction, SshKeepaliveTarget } from '../../lib';
import { COUNT_MAX_PATTERN, INTERVAL_PATTERN } from '../../lib/server/document';

/** The limit of a template that is passed inline, to a stack or to a stack set. */
export const MAX_BYTES = 51_200;

const DESCRIPTION =
  'Keeps idle SSH sessions to tagged Linux instances connected: Systems Manager sets ClientAliveInterval and ' +
  'ClientAliveCountMax of their sshd and corrects drift. The instances need the SSM agent and permissions for Systems ' +
  'Manager, from their role or from Default Host Management Configuration. Before you delete the stack, update it with ' +
  'Action=Remove and wait until it has run: deleting the stack leaves the settings on the instances.';

/**
 * A dynamic reference of CloudFormation as the value of a parameter, which requires a version.
 *
 * Not `resolve:`, which aws-cdk-lib 2.276 reports as a malformed reference where the template is a property of a stack set.
 */
const SSM_REFERENCE = '^\\{\\{resolve[:]ssm:[a-zA-Z0-9_./-]+:[0-9]+\\}\\}$';

/** State Manager supports rates of 30 minutes or longer. */
const SCHEDULE_PATTERN =
  '^(rate\\((([3-9][0-9]|[1-9][0-9]{2,4}) minutes|1 (hour|day)|([2-9]|[1-9][0-9]{1,3}) (hours|days))\\)|cron\\([^()]+\\))$';

/** How many errors each action allows. With Check, each instance that has drifted counts as an error. */
const MAX_ERRORS: Record<SshKeepaliveAction, { MaxErrors: string }> = {
  [SshKeepaliveAction.APPLY]: { MaxErrors: '10%' },
  [SshKeepaliveAction.CHECK]: { MaxErrors: '100%' },
  [SshKeepaliveAction.REMOVE]: { MaxErrors: '10%' },
};

/** @returns the template as text, the same bytes for all users of a version */
export function plainTemplate(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'plain-template-'));
  try {
    const app = new App({ outdir, autoSynth: false, analyticsReporting: false, treeMetadata: false });
    const stack = new Stack(app, 'SshKeepalive', { synthesizer: new BootstraplessSynthesizer() });
    define(stack);
    const text = format(app.synth().getStackByName(stack.stackName).template as object);
    if (Buffer.byteLength(text) <= MAX_BYTES) return text;
    throw new Error(
      `The template must have at most ${MAX_BYTES} bytes, got: ${Buffer.byteLength(text)} bytes. Shorten the script.`,
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** JSON in which the lines of the script are not indented: the indentation would take a quarter of what is allowed. */
function format(template: object): string {
  const text = JSON.stringify(template, null, 2) + '\n';
  return text.replace(/(?<="runCommand": \[\n)[^]*?(?=\n *\])/, (lines) => lines.replace(/^ +/gm, ''));
}

function define(stack: Stack): void {
  const tagKey = addParameter(stack, 'TagKey', 'The key of the tag of the instances.', {
    default: 'ssh-keepalive',
    allowedPattern: '^[\\w .:/=+@-]{1,128}$',
    constraintDescription: 'must be 1 to 128 letters, digits, spaces and _ . : / = + @ -',
  });
  const tagValue = addParameter(stack, 'TagValue', 'The value of that tag.', {
    default: 'true',
    allowedPattern: '^[\\w .:/=+@-]{1,256}$',
    constraintDescription: 'must be 1 to 256 letters, digits, spaces and _ . : / = + @ -',
  });
  // Strings, because the type Number allows 60.5, and no dynamic reference.
  const interval = addParameter(
    stack,
    'ClientAliveInterval',
    'Seconds without data from the client after which sshd sends a keepalive message, or a dynamic reference to Parameter Store.',
    {
      default: '60',
      allowedPattern: `${INTERVAL_PATTERN}|${SSM_REFERENCE}`,
      constraintDescription: 'must be a whole number from 1 to 86400, or an ssm dynamic reference with a version',
    },
  );
  const countMax = addParameter(
    stack,
    'ClientAliveCountMax',
    'How many keepalive messages may remain unanswered before sshd disconnects, or a dynamic reference to Parameter Store.',
    {
      default: '120',
      allowedPattern: `${COUNT_MAX_PATTERN}|${SSM_REFERENCE}`,
      constraintDescription: 'must be a whole number from 1 to 10000, or an ssm dynamic reference with a version',
    },
  );
  const action = addParameter(
    stack,
    'Action',
    'Apply: applies the settings and corrects drift. Check: reports drift and changes nothing. Remove: removes the settings.',
    { default: SshKeepaliveAction.APPLY, allowedValues: Object.keys(MAX_ERRORS) },
  );
  const schedule = addParameter(
    stack,
    'Schedule',
    'When the association runs to correct drift. New instances and changed settings do not wait for it.',
    {
      default: 'rate(1 day)',
      allowedPattern: SCHEDULE_PATTERN,
      constraintDescription: 'must be rate(...) of 30 minutes or longer, or cron(...)',
    },
  );
  const maxConcurrency = addParameter(
    stack,
    'MaxConcurrency',
    'On how many instances the document runs at the same time: a number or a percentage.',
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
        group('Instances', tagKey, tagValue),
        group('Keepalive settings of sshd', interval, countMax),
        group('Association', action, schedule, maxConcurrency),
      ],
    },
  };

  const limits = new CfnMapping(stack, 'Limits', { mapping: MAX_ERRORS });
  // The id Default is left out of logical ids, which are then Document and Association.
  const keepalive = new SshKeepalive(stack, 'Default', {
    targets: [SshKeepaliveTarget.tag(tagKey.valueAsString, tagValue.valueAsString)],
    keepalive: ServerKeepalive.of({
      interval: Duration.seconds(Token.asNumber(interval.value)),
      countMax: Token.asNumber(countMax.value),
    }),
    schedule: Schedule.expression(schedule.valueAsString),
    maxConcurrency: RateLimit.expression(maxConcurrency.valueAsString),
    maxErrors: RateLimit.expression(limits.findInMap(action.valueAsString, 'MaxErrors')),
  });
  const association = keepalive.node.findChild('Association') as CfnAssociation;
  // The construct's `action` is a value at synthesis.
  association.parameters = { ...(association.parameters as object), Action: [action.valueAsString] };
  association.addMetadata(
    'Description',
    'Runs the action on the tagged instances, on new ones when they register, and on the schedule.',
  );
  // The name of the stack is known at deployment. The priority is above that of the construct's own tag.
  (keepalive.node.findChild('Document') as CfnDocument).tags.setTag(SshKeepalive.TAG_KEY, Aws.STACK_NAME, 100);
  new CfnOutput(stack, 'DocumentName', {
    description: 'The SSM document, for Run Command.',
    value: keepalive.documentName,
  });
  new CfnOutput(stack, 'AssociationId', {
    description: 'The State Manager association.',
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
