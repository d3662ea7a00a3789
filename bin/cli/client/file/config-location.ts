// Which file the ssh in use reads, and how that ssh names files. Knows nothing of what is in it.
import { tmpdir } from 'node:os';
import { join, posix, resolve, win32 } from 'node:path';
import { CliError, ExitCode } from '../../shared/exit-code';
import type { Platform } from '../../shared/platform';

/** Which file is meant. */
export interface LocationRequest {
  /** A file to use instead of the one that ssh reads by default: `--config`. */
  readonly config?: string;

  /** From WSL2, the file of the ssh of Windows: `--windows`. */
  readonly windows: boolean;
}

/** Where the user's ssh_config is, and which ssh reads it. */
export interface ConfigLocation {
  /** As this process opens it. */
  readonly path: string;
  /** The home that ssh's `~` means. */
  readonly home: string;
  /** The program that is asked about it. */
  readonly ssh: string;
  /** What ssh reads after it; undefined when it reads nothing more or it is not known where that is. */
  readonly systemConfig: string | undefined;
  /** Whether permission bits mean something there. */
  readonly hasModes: boolean;
  /** Whether ssh reads it without being told to, and so checks who owns it. */
  readonly isDefault: boolean;
  /** A folder for temporary copies that the ssh can read. */
  readonly scratch: string;
  /** What people should know about such a place. */
  readonly notes: readonly string[];
  /** A path of this process, as the ssh in use names it. */
  toSsh(path: string): string;
  /** A path that the ssh in use names, as this process opens it. */
  fromSsh(path: string): string;
}

const same = (path: string): string => path;

/** Locates the ssh_config that the request names. */
export async function locateConfig(request: LocationRequest, platform: Platform): Promise<ConfigLocation> {
  const place = await (request.windows ? windowsSideOfWsl(platform) : ownPlace(platform));
  if (request.config === undefined) return place;
  // With -F, ssh reads that file alone and does not look at its owner and mode.
  return { ...place, path: resolve(request.config), isDefault: false, systemConfig: undefined };
}

function ownPlace(platform: Platform): ConfigLocation {
  const { os, env, ssh, systemConfig } = platform;
  const isWindows = os === 'win32';
  const home = isWindows ? windowsHome(env) : platform.home;
  return {
    path: (isWindows ? win32 : posix).join(home, '.ssh', 'config'),
    home,
    ssh,
    systemConfig,
    hasModes: !isWindows,
    isDefault: true,
    scratch: tmpdir(),
    notes: [],
    // All builds of ssh for Windows take forward slashes, and a backslash can be an escape in a configuration.
    toSsh: isWindows ? (path) => path.replaceAll('\\', '/') : same,
    fromSsh: same,
  };
}

/** Git Bash's ssh looks in $HOME, Windows' own in %USERPROFILE%. */
function windowsHome(env: Platform['env']): string {
  const variable = env.MSYSTEM && env.HOME ? 'HOME' : 'USERPROFILE';
  const home = env[variable];
  if (!home) throw new CliError(`${variable} is not set, so it is not known where ssh looks. Use --config FILE.`);
  return home;
}

async function windowsSideOfWsl(platform: Platform): Promise<ConfigLocation> {
  if (!platform.wsl) {
    throw new CliError('--windows is for WSL2 only. On Windows itself, leave it out.', ExitCode.USAGE);
  }
  const { status } = await platform.run('ssh.exe', ['-V']);
  if (status !== 0) {
    throw new CliError(
      '--windows needs ssh.exe of Windows to check the file, and WSL cannot start it. Run this command in PowerShell or Git Bash instead.',
    );
  }
  const profile = await windowsProfile(platform);
  const home = await wslPath(platform, '-u', profile);
  const drive = /^([A-Za-z]):/.exec(profile)?.[1] ?? 'C';
  const mount = home.slice(0, home.length - profile.slice(3).length).replace(/\/$/, '');
  return {
    path: join(home, '.ssh', 'config'),
    home,
    ssh: 'ssh.exe',
    systemConfig: `${mount}/ProgramData/ssh/ssh_config`,
    hasModes: false,
    isDefault: true,
    scratch: join(home, 'AppData', 'Local', 'Temp'),
    notes: [
      'This is the file of Windows. Modes mean nothing there: who may read it is decided by the ACL of its folder, which is left as it is.',
      'Do not point the ssh of WSL at it: under /mnt it fails the permission check.',
    ],
    toSsh: (path) => (path.startsWith(`${mount}/`) ? `${drive}:${path.slice(mount.length)}` : path),
    fromSsh: (path) => {
      const forward = path.replaceAll('\\', '/');
      return forward.toLowerCase().startsWith(`${drive.toLowerCase()}:/`) ? `${mount}${forward.slice(2)}` : forward;
    },
  };
}

async function windowsProfile(platform: Platform): Promise<string> {
  const shared = platform.env.USERPROFILE;
  if (shared && /^[A-Za-z]:\\/.test(shared)) return shared;
  if (shared?.startsWith('/')) return wslPath(platform, '-w', shared);
  // cmd.exe complains on stderr about a folder of Linux and goes on in its own.
  const { stdout, stderr } = await platform.run('cmd.exe', ['/d', '/c', 'echo %USERPROFILE%']);
  const profile = Buffer.from(stdout, 'latin1').toString().trim();
  if (!/^[A-Za-z]:\\/.test(profile)) {
    throw new CliError(`Windows did not say where your profile is: ${stderr.trim() || profile}. Use --config FILE.`);
  }
  return profile;
}

async function wslPath(platform: Platform, direction: '-u' | '-w', path: string): Promise<string> {
  const { status, stdout, stderr } = await platform.run('wslpath', [direction, path]);
  if (status !== 0) throw new CliError(`wslpath ${direction} ${path}: ${stderr.trim()}. Use --config FILE.`);
  return Buffer.from(stdout, 'latin1').toString().trim();
}
