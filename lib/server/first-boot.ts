// The first-boot snippet: the user data that gives a new instance its settings before State Manager first reaches it.
import { Token } from 'aws-cdk-lib';
import { type Instance, MultipartUserData, OperatingSystemType } from 'aws-cdk-lib/aws-ec2';
import type { ServerKeepalive } from '../server-keepalive';
import { FIRST_BOOT_SNIPPET } from './scripts';

/** The snippet's own constants, as they stand in first-boot.sh. */
const CONSTANTS = 'i=60 m=120';

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
 * Appends the snippet to the user data of an instance.
 *
 * @throws when that user data is not a shell script
 */
export function addFirstBoot(instance: Instance, keepalive: ServerKeepalive): void {
  const snippet = firstBootSnippet(keepalive).split('\n');
  if (instance.userData instanceof MultipartUserData) {
    addToDefaultPart(instance, instance.userData, snippet);
    return;
  }
  const [firstLine = ''] = instance.userData.render().split('\n', 1);
  if (!Token.isUnresolved(firstLine) && !/^#!.*\b(ba|da|a|k|z)?sh\b/.test(firstLine)) {
    throw new Error(
      `SshKeepaliveTarget.newInstance: the user data of ${instance.node.path} must be a shell script, so that commands ` +
        `can be added to it, but it begins with '${firstLine}'. Use UserData.forLinux(), or MultipartUserData with a ` +
        'shell script as its default part, or SshKeepaliveTarget.existingInstance, which needs no user data.',
    );
  }
  instance.userData.addCommands(...snippet);
}

function addToDefaultPart(instance: Instance, userData: MultipartUserData, snippet: string[]): void {
  try {
    userData.addCommands(...snippet);
  } catch (error) {
    throw new Error(
      `SshKeepaliveTarget.newInstance: the multipart user data of ${instance.node.path} has no default part that ` +
        'commands can be added to. Add one: multipart.addUserDataPart(UserData.forLinux(), ' +
        'MultipartBody.SHELL_SCRIPT, true); or use SshKeepaliveTarget.existingInstance, which needs no user data.',
      { cause: error },
    );
  }
}

/** Throws for Windows, whose OpenSSH this library does not configure. */
export function refuseWindows(instance: Instance, target: string): void {
  if (instance.osType !== OperatingSystemType.WINDOWS) return;
  throw new Error(
    `SshKeepaliveTarget.${target}: ${instance.node.path} is a Windows instance; the settings are for the OpenSSH ` +
      'server of Linux. Leave it out.',
  );
}
