// Who is compared: each loads what it needs and gives a function that adds keepalive to the instances of a stack. Knows
// nothing about measuring.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
// Everybody has it loaded, so that what is measured is work.
const { SshKeepalive, SshKeepaliveTarget } = require(ROOT);
const { addDocument } = require(`${ROOT}lib/server/document.js`);
const { DOCUMENT_SCRIPT } = require(`${ROOT}lib/server/scripts.js`);
const iam = require('aws-cdk-lib/aws-iam');
const ssm = require('aws-cdk-lib/aws-ssm');

/** The peer, in a folder of the cache below this repository: it finds the aws-cdk-lib of everybody else. */
export const PEER = {
  name: 'cdk-ssm-documents',
  specifier: '@cdklabs/cdk-ssm-documents@0.0.74',
  folder: `${ROOT}.cache/bench-cdk-ssm-documents-0.0.74`,
};

export const CONTESTANTS = {
  without: () => () => undefined,
  existingInstance: () => ours('existingInstance'),
  newInstance: () => ours('newInstance'),
  'by hand': byHand,
  'document alone': () => (stack) => addDocument(stack, 'Document'),
  [PEER.name]: cdkSsmDocuments,
};

function ours(kind) {
  return (stack, instances) =>
    new SshKeepalive(stack, 'SshKeepalive', {
      targets: instances.map((instance) => SshKeepaliveTarget[kind](instance)),
    });
}

/** What people write: the same document, AWS's managed policy, and for each instance an association by its id. */
function byHand() {
  return (stack, instances) => {
    const document = addDocument(stack, 'Document');
    const policy = iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore');
    for (const role of new Set(instances.map((instance) => instance.role))) role.addManagedPolicy(policy);
    instances.forEach((instance, i) => {
      new ssm.CfnAssociation(stack, `Association${i}`, {
        name: document.ref,
        targets: [{ key: 'InstanceIds', values: [instance.instanceId] }],
        parameters: { Action: ['Apply'], ClientAliveInterval: ['60'], ClientAliveCountMax: ['120'] },
        scheduleExpression: 'rate(1 day)',
      });
    });
  };
}

/** The same document as far as the peer can write it: it has no word for interpolationType. */
function cdkSsmDocuments() {
  const peer = createRequire(`${PEER.folder}/package.json`)('@cdklabs/cdk-ssm-documents');
  const input = (name, defaultValue, allowedPattern) =>
    peer.Input.ofTypeString(name, { defaultValue, allowedPattern, description: name });
  return (stack) => {
    const document = new peer.CommandDocument(stack, 'Document', {
      documentFormat: peer.DocumentFormat.JSON,
      docInputs: [
        input('Action', 'Apply', '^(Apply|Check|Remove)$'),
        input('ClientAliveInterval', '60', '^[0-9]+$'),
        input('ClientAliveCountMax', '120', '^[0-9]+$'),
      ],
    });
    document.addStep(
      new peer.RunShellScriptStep(document, 'sshKeepalive', {
        timeoutSeconds: 600,
        precondition: peer.Precondition.newPlatformPrecondition(peer.Platform.LINUX),
        runCommand: DOCUMENT_SCRIPT.trimEnd()
          .split('\n')
          .map((line) => peer.HardCodedString.of(line)),
      }),
    );
  };
}
