// The user's settings for a host, from `ssh -G`, which connects to nothing.
import { CliError } from '../../shared/exit-code';
import type { Platform } from '../../shared/platform';
import { oneLine } from '../../shared/printable';

/** What the user's own sessions to this host use. */
export interface SshSettings {
  /** Where it connects to, such as `203.0.113.7 port 22`. */
  readonly address: string;
  /** `ServerAliveInterval` in seconds; 0 sends none. */
  readonly interval: number;
  readonly countMax: number;
  /** The jump host or the command that carries the connection; undefined for a direct one. */
  readonly proxy: string | undefined;
  /** Whether sessions share the connection of the first one: `ControlMaster`. */
  readonly isShared: boolean;
  /** Options for ssh instead of settings that leave a session without its command, its input or its output. */
  readonly overrides: readonly string[];
}

/** Not every ssh knows these keywords: three of them came with OpenSSH 8.7. */
const OVERRIDES = {
  RemoteCommand: 'none',
  SessionType: 'default',
  StdinNull: 'no',
  ForkAfterAuthentication: 'no',
} as const;

/**
 * Runs `ssh -G`.
 *
 * @throws CliError when ssh is missing or refuses the configuration
 */
export async function readSshSettings(
  host: string,
  configOption: readonly string[],
  platform: Platform,
): Promise<SshSettings> {
  const { status, stdout, stderr } = await platform.run(platform.ssh, ['-G', ...configOption, '--', host]);
  if (status !== 0) {
    throw new CliError(
      `probe: ssh refuses the configuration for ${host}, got: ${oneLine(stderr, 300).replace(/\.$/, '')}. Correct it first.`,
    );
  }
  const values = new Map(
    stdout
      .split(/\r?\n/)
      .map((line) => /^(\S+) (.*)$/.exec(line))
      .flatMap((match): [string, string][] => (match ? [[(match[1] ?? '').toLowerCase(), match[2] ?? '']] : [])),
  );
  const given = (keyword: string): string | undefined => {
    const value = values.get(keyword);
    return value === undefined || value === 'none' || value === 'false' ? undefined : value;
  };
  return {
    address: `${values.get('hostname') ?? host} port ${values.get('port') ?? '22'}`,
    interval: Number(values.get('serveraliveinterval') ?? 0),
    countMax: Number(values.get('serveralivecountmax') ?? 3),
    proxy: given('proxyjump') ?? given('proxycommand'),
    isShared: given('controlmaster') !== undefined && given('controlpath') !== undefined,
    overrides: Object.entries(OVERRIDES).flatMap(([keyword, value]) => {
      const present = values.get(keyword.toLowerCase()) ?? value;
      return present === value ? [] : ['-o', `${keyword}=${value}`];
    }),
  };
}
