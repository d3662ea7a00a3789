// The first-boot snippet: the user data that gives a new instance its settings before State Manager first reaches it.
import { Stack, Token } from 'aws-cdk-lib';
import { MultipartUserData, type UserData } from 'aws-cdk-lib/aws-ec2';
import type { ServerKeepalive } from '../server-keepalive';
import type { Machines } from './machines';
import { FIRST_BOOT_SNIPPET } from './scripts';

/** The snippet's own constants, as they stand in first-boot.sh. */
const CONSTANTS = 'i=60 m=120';

/** What EC2 takes, before it is encoded. */
const MAX_BYTES = 16_384;

/**
 * The snippet with the constants of `keepalive`.
 *
 * They are never those of a construct's `server`: changed user data makes CloudFormation stop and start an instance.
 *
 * @throws when they are tokens
 */
export function firstBootSnippet(keepalive: ServerKeepalive): string {
  if (keepalive.deadPeerDroppedAfter === undefined) {
    throw new Error(
      'firstBoot must be known at synthesis, got: a token. First boot is a constant, because changed user data makes ' +
        'CloudFormation stop and start the instance; pass the token as server instead.',
    );
  }
  return FIRST_BOOT_SNIPPET.trimEnd().replace(CONSTANTS, `i=${keepalive.interval.toSeconds()} m=${keepalive.countMax}`);
}

/**
 * Appends the snippet to the user data of new machines.
 *
 * @throws when that user data is not a shell script, or is not known, or becomes too long
 */
export function addFirstBoot(machines: Machines, keepalive: ServerKeepalive): void {
  const snippet = firstBootSnippet(keepalive).split('\n');
  const { construct, userData } = machines;
  const subject = `First boot: the user data of the ${machines.kind} ${construct.node.path}`;
  if (!userData) {
    throw new Error(
      `${subject} is not known here, so that no first boot can be added to it. Give its launch template ` +
        'userData: UserData.forLinux(), or leave firstBoot out.',
    );
  }
  if (userData instanceof MultipartUserData) {
    addToDefaultPart(subject, userData, snippet);
  } else {
    requireShellScript(subject, userData);
    userData.addCommands(...snippet);
  }
  // At synthesis, because others may add to it until then.
  construct.node.addValidation({ validate: () => tooLong(subject, Stack.of(construct), userData) });
}

function requireShellScript(subject: string, userData: UserData): void {
  const [firstLine = ''] = userData.render().split('\n', 1);
  if (Token.isUnresolved(firstLine) || /^#!.*\b(ba|da|a|k|z)?sh\b/.test(firstLine)) return;
  throw new Error(
    `${subject} must be a shell script, so that commands can be added to it, but it begins with '${firstLine}'. Use ` +
      'UserData.forLinux(), or MultipartUserData with a shell script as its default part, or do without a first boot ' +
      '(SshKeepaliveTarget.existingInstance), which needs no user data.',
  );
}

function addToDefaultPart(subject: string, userData: MultipartUserData, snippet: string[]): void {
  try {
    userData.addCommands(...snippet);
  } catch (error) {
    throw new Error(
      `${subject} is multipart and has no default part that commands can be added to. Add one: ` +
        'multipart.addUserDataPart(UserData.forLinux(), MultipartBody.SHELL_SCRIPT, true); or do without a first boot ' +
        '(SshKeepaliveTarget.existingInstance), which needs no user data.',
      { cause: error },
    );
  }
}

/** EC2 takes 16 KB, which CDK does not check. What is only known in a deployment comes on top and is not counted. */
function tooLong(subject: string, stack: Stack, userData: UserData): string[] {
  const pieces = piecesOf(stack.resolve(userData.render()));
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  if (bytes <= MAX_BYTES) return [];
  return [
    `${subject} has ${bytes} bytes, and EC2 takes at most ${MAX_BYTES}. Move a part of it into a file that it fetches, for ` +
      'example an asset, or do without a first boot (SshKeepaliveTarget.existingInstance).',
  ];
}

/** The pieces of a text that are known at synthesis. */
function piecesOf(resolved: unknown): string[] {
  if (typeof resolved === 'string') return [resolved];
  const joined = (resolved as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? [];
  return joined.filter((piece) => typeof piece === 'string');
}
