// The SSM document: the same for all users of a version, because settings are passed as parameters.
import { type CfnTag, Lazy } from 'aws-cdk-lib';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { DOCUMENT_SCRIPT } from './scripts';

/** The values of ClientAliveInterval that the document accepts, in seconds: 1 to 86400. */
export const INTERVAL_PATTERN = '^([1-9][0-9]{0,3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}|86400)$';

/** The values of ClientAliveCountMax that the document accepts: 1 to 10000. */
export const COUNT_MAX_PATTERN = '^([1-9][0-9]{0,3}|10000)$';

const SCRIPT_LINES = DOCUMENT_SCRIPT.trimEnd().split('\n');

/** Long enough for the time that the script waits for its lock and for systemctl. */
const TIMEOUT_SECONDS = '600';

/**
 * Adds the document. It has no name of its own, so that CloudFormation can replace it when its content changes. Changed
 * tags do not replace it.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
 */
export function addDocument(scope: Construct, id: string, tags?: CfnTag[]): CfnDocument {
  return new CfnDocument(scope, id, {
    documentType: 'Command',
    documentFormat: 'JSON',
    tags,
    content: {
      schemaVersion: '2.2',
      description:
        'cdk-ssh-keepalive: sets ClientAliveInterval and ClientAliveCountMax of sshd, so that idle SSH sessions stay ' +
        'connected. Validates every change before, verifies it after, and rolls it back when a step fails.',
      parameters: {
        Action: parameter(
          'Apply: applies both settings. Check: reports whether they are in effect, and changes nothing. Remove: removes them.',
          'Apply',
          '^(Apply|Check|Remove)$',
        ),
        ClientAliveInterval: parameter(
          'Seconds without data from the client, 1 to 86400, after which sshd sends a keepalive message.',
          '60',
          INTERVAL_PATTERN,
        ),
        ClientAliveCountMax: parameter(
          'How many keepalive messages, 1 to 10000, may remain unanswered before sshd disconnects the client.',
          '120',
          COUNT_MAX_PATTERN,
        ),
      },
      mainSteps: [
        {
          action: 'aws:runShellScript',
          name: 'sshKeepalive',
          precondition: { StringEquals: ['platformType', 'Linux'] },
          inputs: {
            timeoutSeconds: TIMEOUT_SECONDS,
            // The lines are left out while aws-cdk-lib searches for references: they contain none, and to search them
            // would take a large part of the time that this construct needs.
            runCommand: Lazy.uncachedAny({ produce: ({ preparing }) => (preparing ? [] : SCRIPT_LINES) }),
          },
        },
      ],
    },
  });
}

/**
 * A parameter that is passed as an environment variable, `SSM_` and its name, and so cannot become part of the script.
 *
 * Agents before 3.3.2746.0 do not support `interpolationType` and substitute the value in the script's fallback lines.
 * They validate it with the anchored pattern before. That protects plain values, but not a reference to Parameter Store
 * (`{{ssm:NAME}}`), which they resolve once to validate and again to substitute: associations must not pass one.
 */
function parameter(description: string, byDefault: string, allowedPattern: string): object {
  return { type: 'String', description, default: byDefault, allowedPattern, interpolationType: 'ENV_VAR' };
}
