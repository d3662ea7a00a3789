// What in a configuration ends sessions, or keeps new settings from them, although the keepalive is correct.
import type { Platform } from '../../../shared/platform';
import { type ConfigFile, type Found, find } from '../../ssh-config/configuration';

/** The keywords, as the configuration has to be read for them. */
export const OTHER_KEYWORDS = ['controlpersist', 'proxycommand'];

/**
 * They do not renew the hourly connection of a session with credentials of one hour; 1.2.553.0 does.
 *
 * @see https://github.com/aws/session-manager-plugin/issues/135
 */
const PLUGINS_THAT_DROP = ['1.2.792.0', '1.2.804.0'];

/** A sentence for each, with file and line. */
export async function otherCauses(files: readonly ConfigFile[], home: string, platform: Platform): Promise<string[]> {
  const found = files.flatMap((file) => find(file, OTHER_KEYWORDS));
  const persistent = found.filter(({ keyword, args }) => keyword === 'controlpersist' && !isOff(args[0] ?? ''));
  const isSsm = ({ keyword, args }: Found): boolean =>
    keyword === 'proxycommand' && /\bstart-session\b/.test(args.join(' '));
  return [
    ...persistent.map(
      (one) =>
        `${locationOf(one, home)}: ControlPersist keeps a connection, with the settings that it began with. After a change: ssh -O exit HOST`,
    ),
    ...(found.some(isSsm) ? await aboutPlugin(platform) : []),
  ];
}

/** A time of 0 is not off: it keeps the connection forever. */
function isOff(value: string): boolean {
  return /^(no|false)$/i.test(value);
}

function locationOf({ file, line }: Found, home: string): string {
  return `${file.path.startsWith(`${home}/`) ? `~${file.path.slice(home.length)}` : file.path}:${line}`;
}

async function aboutPlugin(platform: Platform): Promise<string[]> {
  const { status, stdout } = await platform.run('session-manager-plugin', ['--version']);
  const version = stdout.trim();
  if (status !== 0 || !PLUGINS_THAT_DROP.includes(version)) return [];
  return [
    `session-manager-plugin ${version}: with credentials of one hour, sessions through Session Manager end after about an hour, whatever the keepalive. Use another version: docs/why.md`,
  ];
}
