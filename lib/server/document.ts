// The SSM document: the same for everybody who uses a version, because settings reach it as parameters.
import { Lazy } from 'aws-cdk-lib';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { DOCUMENT_SCRIPT } from './scripts';

/** What the document's script may be told to do. */
export type DocumentAction = 'Apply' | 'Check' | 'Remove';

/** What the script takes as ClientAliveInterval, in seconds: 1 to 86400. */
export const INTERVAL_PATTERN = '^([1-9][0-9]{0,3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}|86400)$';

/** What the script takes as ClientAliveCountMax: 1 to 10000. */
export const COUNT_MAX_PATTERN = '^([1-9][0-9]{0,3}|10000)$';

const SCRIPT_LINES = DOCUMENT_SCRIPT.trimEnd().split('\n');

/** Well above the two minutes that the script waits for its lock and the minute that it gives systemctl. */
const TIMEOUT_SECONDS = '600';

/**
 * Adds the document. It has no name of its own, so that a new version of this library replaces it.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
 */
export function addDocument(scope: Construct, id: string): CfnDocument {
  return new CfnDocument(scope, id, {
    documentType: 'Command',
    documentFormat: 'JSON',
    content: {
      schemaVersion: '2.2',
      description:
        'cdk-ssh-keepalive: sets ClientAliveInterval and ClientAliveCountMax of sshd, so that idle SSH sessions stay ' +
        'connected. Everything is validated before and verified after, and restored when anything fails.',
      parameters: {
        Action: parameter(
          'Apply: see to it that both settings hold. Check: only report whether they do. Remove: take them out again.',
          'Apply',
          '^(Apply|Check|Remove)$',
        ),
        ClientAliveInterval: parameter(
          'Seconds, 1 to 86400, after which sshd asks a silent client for a sign of life.',
          '60',
          INTERVAL_PATTERN,
        ),
        ClientAliveCountMax: parameter(
          'How many times, 1 to 10000, sshd asks before it drops the client.',
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
            // While aws-cdk-lib looks for references it sees no line: there are none in them, and looking through all
            // of them would be a good part of what this construct costs.
            runCommand: Lazy.uncachedAny({ produce: ({ preparing }) => (preparing ? [] : SCRIPT_LINES) }),
          },
        },
      ],
    },
  });
}

/**
 * A parameter that arrives as an environment variable, `SSM_` and its name, and so cannot become part of the script.
 *
 * Agents before 3.3.2746.0 do not know `interpolationType` and fill the value into the script's fallback lines, so the
 * anchored pattern, which they check as well, lets nothing through that a shell could read as more than a word.
 */
function parameter(description: string, byDefault: string, allowedPattern: string): object {
  return { type: 'String', description, default: byDefault, allowedPattern, interpolationType: 'ENV_VAR' };
}
