// Which file the ssh in use reads, and how that ssh spells paths. Knows nothing of the file's contents.
import { realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve, win32 } from 'node:path';
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
  /** The path for this process. */
  readonly path: string;
  /** The directory that `~` stands for in the file. */
  readonly home: string;
  /** The ssh that reads it. */
  readonly ssh: string;
  /** The configuration that ssh reads after it; undefined when there is none or its path is not known. */
  readonly systemConfig: string | undefined;
  /** Whether the file has permission bits that ssh checks. */
  readonly hasModes: boolean;
  /** Whether ssh reads it without -F, and therefore checks its owner. */
  readonly isDefault: boolean;
  /** A directory for temporary copies that the ssh can read. */
  readonly scratch: string;
  /** What the user should know about this location. */
  readonly notes: readonly string[];
  /** Converts a path of this process to one for the ssh in use. */
  toSsh(path: string): string;
  /** Converts a path of the ssh in use to one for this process. */
  fromSsh(path: string): string;
}

const same = (path: string): string => path;

/**
 * Locates the ssh_config that the request names.
 *
 * @throws CliError when it cannot be located
 */
export async function locateConfig(request: LocationRequest, platform: Platform): Promise<ConfigLocation> {
  const { config, windows } = request;
  const location = await (windows ? windowsLocation(platform) : defaultLocation(platform));
  if (config === undefined) return location;
  const path = absolute(config);
  requireFolder(dirname(path), dirname(location.path));
  // With -F, ssh reads that file alone and does not check its owner and mode.
  return { ...location, path, isDefault: false, systemConfig: undefined, notes: [] };
}

/** A path that is mistyped would otherwise be a new file in a new folder. Only ~/.ssh may be created. */
function requireFolder(folder: string, created: string): void {
  if (folder === created || statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  throw new CliError(
    `--config: the folder of the file must exist, got: ${folder}. Correct the path, or create the folder.`,
  );
}

function absolute(config: string): string {
  if (config === '') throw new CliError("--config: must be the path of a file, got: ''.", ExitCode.USAGE);
  try {
    return resolve(config);
  } catch (error) {
    throw new CliError(
      `--config: a relative path, but the working directory cannot be read, got: '${config}' (${(error as Error).message}). ` +
        'Use an absolute path, or change to a directory that exists.',
    );
  }
}

function defaultLocation(platform: Platform): ConfigLocation {
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
    notes: isWindows ? [] : noteOnHome(platform),
    // All builds of ssh for Windows take forward slashes, and a backslash can be an escape in a configuration.
    toSsh: isWindows ? (path) => path.replaceAll('\\', '/') : same,
    fromSsh: same,
  };
}

/** OpenSSH reads the passwd entry (`tilde_expand_filename` and `main` of ssh.c), and other programs read $HOME. */
function noteOnHome({ env, home }: Platform): string[] {
  const { HOME } = env;
  if (!HOME || realPath(HOME) === realPath(home)) return [];
  return [
    `The file is in ${home}, the home directory of your passwd entry: OpenSSH ignores $HOME, which is ${HOME}. ` +
      'Use --config for another file.',
  ];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Git Bash's ssh looks in $HOME, Windows' own in %USERPROFILE%. */
function windowsHome(env: Platform['env']): string {
  const variable = env.MSYSTEM && env.HOME ? 'HOME' : 'USERPROFILE';
  const home = env[variable];
  if (!home) throw new CliError(`${variable}: not set, so the home directory of ssh is not known. Use --config FILE.`);
  return home;
}

async function windowsLocation(platform: Platform): Promise<ConfigLocation> {
  if (!platform.wsl) {
    throw new CliError('--windows: only for WSL2. On Windows itself, leave it out.', ExitCode.USAGE);
  }
  const { status } = await platform.run('ssh.exe', ['-V']);
  if (status !== 0) {
    throw new CliError(
      '--windows: needs ssh.exe of Windows to check the file, and WSL cannot start it. Run the command in PowerShell or Git Bash.',
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
      'This is the file of Windows. Modes mean nothing there: the ACL of its folder decides who can read it, and does not change.',
      'Do not use it with the ssh of WSL: under /mnt it fails the permission check.',
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
  // cmd.exe warns on stderr about a Linux directory and continues in one of its own.
  const { stdout, stderr } = await platform.run('cmd.exe', ['/d', '/c', 'echo %USERPROFILE%']);
  const profile = Buffer.from(stdout, 'latin1').toString().trim();
  if (!/^[A-Za-z]:\\/.test(profile)) {
    throw new CliError(
      `cmd.exe: the path of your Windows profile is missing, got: '${stderr.trim() || profile}'. Use --config FILE.`,
    );
  }
  return profile;
}

async function wslPath(platform: Platform, direction: '-u' | '-w', path: string): Promise<string> {
  const { status, stdout, stderr } = await platform.run('wslpath', [direction, path]);
  if (status !== 0)
    throw new CliError(`wslpath ${direction} ${path}: failed, got: ${stderr.trim()}. Use --config FILE.`);
  return Buffer.from(stdout, 'latin1').toString().trim();
}
