// The names of the AWS profiles of this user, read as the AWS CLI reads them. Without the SDK, which is slow to load.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { quote } from '../../../lib/client/ssh-config-value';
import { CliError } from './exit-code';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The profiles in `~/.aws/config` and `~/.aws/credentials`; a file that cannot be read has none.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 */
export function awsProfiles(env: Environment = process.env): string[] {
  const config = sections(env.AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config'));
  const credentials = sections(env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials'));
  const configured = config.flatMap((section) => {
    const [, name] = /^profile\s+(?:"(.*)"|'(.*)'|(.*))$/.exec(section)?.filter((part) => part !== undefined) ?? [];
    return section === 'default' ? ['default'] : name === undefined ? [] : [name];
  });
  return [...new Set([...configured, ...credentials])];
}

/** What stands in brackets at the beginning of a line. */
function sections(file: string): string[] {
  try {
    return [...readFileSync(file, 'utf8').matchAll(/^\s*\[\s*([^\]]*?)\s*\]/gm)].map(([, name = '']) => name);
  } catch {
    return [];
  }
}

const PROFILES_SHOWN = 8;

/**
 * The SDK would fall back to other credentials, or report the wrong cause.
 *
 * @throws CliError when there is no such profile; without the option, checks AWS_PROFILE
 */
export function requireProfile(option: string | undefined): void {
  const profile = option ?? process.env.AWS_PROFILE;
  if (!profile || profile === 'default') return;
  const known = awsProfiles();
  if (known.includes(profile)) return;
  const list =
    known.length === 0
      ? 'There is none in ~/.aws/config and ~/.aws/credentials; create it with: aws configure sso --profile ' + profile
      : known.length <= PROFILES_SHOWN
        ? `The profiles are: ${known.join(', ')}`
        : 'List the profiles with: aws configure list-profiles';
  throw new CliError(
    `${option === undefined ? 'AWS_PROFILE' : '--profile'}: the AWS profile does not exist, got: ${quote(profile)}. ${list}.`,
  );
}
