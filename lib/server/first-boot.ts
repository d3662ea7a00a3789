// The first-boot snippet: user data that applies the settings to a new instance before its first association runs.
import { Stack, Token } from 'aws-cdk-lib';
import type { MultipartUserData, UserData } from 'aws-cdk-lib/aws-ec2';
import type { ServerKeepalive } from '../settings/server-keepalive';
import type { InstanceSet } from './instance-set';
import { FIRST_BOOT_SNIPPET } from './scripts';

/** The snippet's own constants, as they stand in first-boot.sh. */
const CONSTANTS = 'interval=60\n  count_max=120';

/** What EC2 takes, before it is encoded. */
const MAX_BYTES = 16_384;

/**
 * The snippet with the constants of `keepalive`.
 *
 * They do not depend on a construct's `keepalive`: changed user data makes CloudFormation stop and start an instance.
 *
 * @throws when a value is a token
 */
export function firstBootSnippet(keepalive: ServerKeepalive): string {
  if (keepalive.deadPeerDroppedAfter === undefined) {
    throw new Error(
      'firstBoot must be known at synthesis, got: a token. First boot is a constant, because changed user data makes ' +
        'CloudFormation stop and start the instance. Pass the token as keepalive instead.',
    );
  }
  return FIRST_BOOT_SNIPPET.trimEnd().replace(
    CONSTANTS,
    `interval=${keepalive.interval.toSeconds()}\n  count_max=${keepalive.countMax}`,
  );
}

/**
 * Appends the snippet to the user data of new instances.
 *
 * @throws when the user data is not a shell script, or is not known; synthesis fails when it is too long
 */
export function addFirstBoot(instances: InstanceSet, keepalive: ServerKeepalive): void {
  const snippet = firstBootSnippet(keepalive).split('\n');
  const { construct, userData } = instances;
  const subject = `First boot: the user data of the ${instances.kind} ${construct.node.path}`;
  if (!userData) {
    throw new Error(
      `${subject} is not known at synthesis. Set userData: UserData.forLinux() on its launch template, or leave firstBoot out.`,
    );
  }
  if (isMultipart(userData)) {
    addToDefaultPart(subject, userData, snippet);
  } else {
    requireShellScript(subject, userData);
    userData.addCommands(...snippet);
  }
  // At synthesis, because commands can be added until then.
  construct.node.addValidation({ validate: () => tooLong(subject, Stack.of(construct), userData) });
}

/** Not with `instanceof`, which is false for the class of a second copy of aws-cdk-lib. */
function isMultipart(userData: UserData): userData is MultipartUserData {
  return typeof (userData as Partial<MultipartUserData>).addUserDataPart === 'function';
}

function requireShellScript(subject: string, userData: UserData): void {
  const [firstLine = ''] = userData.render().split('\n', 1);
  if (Token.isUnresolved(firstLine) || /^#!.*\b(ba|da|a|k|z)?sh\b/.test(firstLine)) return;
  throw new Error(
    `${subject} must be a shell script, got: '${firstLine}' as its first line. Use UserData.forLinux(), or ` +
      'MultipartUserData with a shell script as its default part, or a target without first boot ' +
      '(SshKeepaliveTarget.existingInstance).',
  );
}

function addToDefaultPart(subject: string, userData: MultipartUserData, snippet: string[]): void {
  try {
    userData.addCommands(...snippet);
  } catch (error) {
    throw new Error(
      `${subject} is multipart and must have a default part, got: none. Add one, ` +
        'multipart.addUserDataPart(UserData.forLinux(), MultipartBody.SHELL_SCRIPT, true), or use a target without first ' +
        'boot (SshKeepaliveTarget.existingInstance).',
      { cause: error },
    );
  }
}

/** CDK does not check the limit of 16 KB. Tokens that only the deployment resolves are not counted. */
function tooLong(subject: string, stack: Stack, userData: UserData): string[] {
  const pieces = piecesOf(stack.resolve(userData.render()));
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  if (bytes <= MAX_BYTES) return [];
  return [
    `${subject} must have at most ${MAX_BYTES} bytes, which is the limit of EC2, got: ${bytes} bytes. Move a part of it ` +
      'into an asset, or use a target without first boot (SshKeepaliveTarget.existingInstance).',
  ];
}

/** The parts of a text that are known at synthesis. */
function piecesOf(resolved: unknown): string[] {
  if (typeof resolved === 'string') return [resolved];
  const joined = (resolved as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? [];
  return joined.filter((piece) => typeof piece === 'string');
}
