// The hosts that a shell completes: the names in the user's ssh_config and what it includes. Runs no ssh, so no Match exec,
// and uses no network.
import { readConfigFile } from '../client/file/config-file';
import { locateConfig } from '../client/file/config-location';
import { readConfiguration } from '../client/ssh-config/configuration';
import { allNames } from '../client/ssh-config/names';
import { thisPlatform } from '../shared/platform';

/** Names without wildcards, none of which has a character that is special to a shell. */
export async function completedHosts(config: string | undefined): Promise<readonly string[]> {
  const platform = thisPlatform();
  const location = await locateConfig({ config, windows: false }, platform);
  const { text = '' } = readConfigFile(location.path);
  const { env, user, os } = platform;
  const lookup = { env, user, os, home: location.home, fromSsh: (path: string): string => location.fromSsh(path) };
  return allNames(readConfiguration(location.path, text, ['include'], lookup)).names;
}
