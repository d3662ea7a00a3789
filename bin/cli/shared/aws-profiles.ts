// The names of the AWS profiles of this user, read as the AWS CLI reads them. Without the SDK, which is slow to load.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

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
