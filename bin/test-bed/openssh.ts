// Finds the OpenSSH that the rehearsal runs: the machine's own, or on Debian and Ubuntu the package's sshd, unpacked
// without being installed. Knows nothing about configurations.
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runNow, user } from './unprivileged';

/** The programs. */
export interface OpenSsh {
  readonly sshd: string;
  readonly ssh: string;
  readonly sshKeygen: string;
  /** Where sshd was unpacked, with the libraries and helpers that it needs from there; absent for an installed one. */
  readonly unpackedIn?: string;
}

const FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
];
const CACHE = join(__dirname, '..', '..', '.cache');

/**
 * The OpenSSH to use; the first time on a Debian or Ubuntu without sshd, this downloads it.
 *
 * @throws with what to install, where there is none
 */
export function findOpenSsh(cache: string = CACHE): OpenSsh {
  const [ssh, sshKeygen] = ['ssh', 'ssh-keygen'].map((name) => {
    const path = find(name);
    if (!path) throw new Error(`${name} is missing. ${howToInstall('openssh-client')}`);
    return path;
  }) as [string, string];

  const sshd = find('sshd');
  if (sshd) return { sshd, ssh, sshKeygen };
  if (!find('apt-get') || !find('dpkg-deb')) throw new Error(`sshd is missing. ${howToInstall('openssh-server')}`);
  const unpackedIn = fetchServer(cache);
  return { sshd: join(unpackedIn, SSHD), ssh, sshKeygen, unpackedIn };
}

/** Where the package's sshd is unpacked in the cache; fetches it if it is not there. */
export function fetchServer(cache: string): string {
  const unpackedIn = join(cache, `openssh-server-${system()}`);
  if (!existsSync(unpackedIn)) unpackServer(unpackedIn);
  return unpackedIn;
}

/** Where a program is installed. */
export function find(name: string): string | undefined {
  const folders = [...FOLDERS, ...(process.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'))];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The folders of shared libraries in an unpacked tree, as LD_LIBRARY_PATH takes them. */
export function libraryPath(tree: string): string {
  const tops = ['lib', 'usr/lib'].map((folder) => join(tree, folder)).filter((folder) => existsSync(folder));
  // Debian keeps libraries in a folder named after the architecture, such as x86_64-linux-gnu.
  const nested = tops.flatMap((top) =>
    readdirSync(top, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'))
      .map((entry) => join(top, entry.name)),
  );
  return [...nested, ...tops].join(':');
}

/** What sshd must be told to find its helpers in an unpacked tree: 9.8 moved sessions into one, 10.0 authentication. */
export function helperOptions(tree: string): string[] {
  const helpers = { SshdSessionPath: 'usr/lib/openssh/sshd-session', SshdAuthPath: 'usr/lib/openssh/sshd-auth' };
  return Object.entries(helpers).flatMap(([option, helper]) => {
    const path = join(tree, helper);
    return existsSync(path) ? ['-o', `${option}=${path}`] : [];
  });
}

const SSHD = 'usr/sbin/sshd';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function howToInstall(debianPackage: 'openssh-client' | 'openssh-server'): string {
  const fedora = debianPackage === 'openssh-client' ? 'openssh-clients' : 'openssh-server';
  return (
    `Install it: "apt-get install ${debianPackage}" on Debian and Ubuntu, "dnf install ${fedora}" on Fedora, RHEL and ` +
    'Amazon Linux, "apk add openssh" on Alpine, "pacman -S openssh" on Arch, "zypper install openssh" on SUSE, ' +
    '"brew install openssh" on macOS.'
  );
}

/** What binaries in the cache fit to: a cache can outlive an upgrade of the system. */
function system(): string {
  const release = readFileSync('/etc/os-release', 'utf8');
  const value = (key: string): string => new RegExp(`^${key}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? 'unknown';
  return `${value('ID')}-${value('VERSION_ID')}-${process.arch}`;
}

/** Unpacks openssh-server and the libraries that this machine lacks; `destination` appears whole or not at all. */
function unpackServer(destination: string): void {
  const stage = mkdtempSync(join(tmpdir(), 'openssh-server-'));
  const removeStage = (): void => rmSync(stage, { recursive: true, force: true });
  process.once('exit', removeStage);
  try {
    const { uid, gid } = user();
    if (uid !== undefined && gid !== undefined) chownSync(stage, uid, gid);
    const tree = join(stage, 'tree');
    const packages = new Packages(stage, tree);
    packages.add('openssh-server');
    for (let missing = missingLibraries(tree); missing.length > 0; missing = missingLibraries(tree)) {
      const candidates = packages.absentLibraries();
      if (candidates.length === 0)
        throw new Error(`sshd needs ${missing.join(', ')}, which its package does not name.`);
      candidates.forEach((name) => packages.add(name));
    }
    mkdirSync(dirname(destination), { recursive: true });
    const partial = mkdtempSync(destination + '.partial-');
    try {
      cpSync(tree, partial, { recursive: true, verbatimSymlinks: true });
      chmodSync(partial, 0o755);
      renameSync(partial, destination);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      // Another run, at the same time, has put it there.
      if (!existsSync(destination)) throw error;
    }
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`sshd is missing and could not be fetched: ${why}\n${howToInstall('openssh-server')}`, {
      cause: error,
    });
  } finally {
    removeStage();
    process.off('exit', removeStage);
  }
}

/** Debian packages, downloaded and unpacked into one tree. */
class Packages {
  private readonly added = new Set<string>();
  private readonly dependencies = new Set<string>();
  /** Empty for the machine's own package lists. */
  private lists: string[] = [];

  constructor(
    private readonly stage: string,
    private readonly tree: string,
  ) {}

  add(name: string): void {
    this.added.add(name);
    const folder = join(this.stage, name);
    must('mkdir', [folder]);
    this.download(name, folder);
    const file = readdirSync(folder).find((entry) => entry.endsWith('.deb'));
    if (!file) throw new Error(`apt-get download ${name} brought no package`);
    must('dpkg-deb', ['-x', join(folder, file), this.tree]);
    const depends = must('dpkg-deb', ['-f', join(folder, file), 'Depends']);
    // "libkrb5-3 (>= 1.13), debconf (>= 0.5) | debconf-2.0": the names; of alternatives, the preferred one.
    for (const part of depends.split(',')) this.dependencies.add(part.trim().split(/[\s:(|]/)[0] ?? '');
  }

  /** The libraries among the dependencies that are neither installed nor added. */
  absentLibraries(): string[] {
    return [...this.dependencies].filter(
      (name) => name.startsWith('lib') && !this.added.has(name) && !isInstalled(name),
    );
  }

  private download(name: string, folder: string): void {
    const attempt = (): string | undefined => {
      const { status, stderr } = runNow('apt-get', [...this.lists, 'download', name], { cwd: folder });
      return status === 0 ? undefined : stderr.trim();
    };
    if (attempt() === undefined) return;
    // No package lists, as in many containers, or stale ones: fresh ones of our own, without touching the machine's.
    this.refreshLists();
    const failure = attempt();
    if (failure !== undefined) throw new Error(failure);
  }

  private refreshLists(): void {
    if (this.lists.length > 0) return;
    const [lists, cache] = [join(this.stage, 'lists'), join(this.stage, 'cache')];
    must('mkdir', ['-p', join(lists, 'partial'), join(cache, 'archives', 'partial')]);
    this.lists = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`];
    // Without the mode, being offline is a success.
    must('apt-get', [...this.lists, '-q', '-o', 'APT::Update::Error-Mode=any', 'update']);
  }
}

function isInstalled(name: string): boolean {
  return runNow('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]).stdout === 'installed';
}

/** What the dynamic linker does not find, with what is in the tree. */
function missingLibraries(tree: string): string[] {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LD_LIBRARY_PATH: libraryPath(tree) };
  const programs = [SSHD, 'usr/lib/openssh/sshd-session', 'usr/lib/openssh/sshd-auth']
    .map((program) => join(tree, program))
    .filter((program) => existsSync(program));
  const { stdout } = runNow('ldd', programs, { env });
  return [...new Set([...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? ''))];
}

function must(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = runNow(command, args);
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${stderr.trim() || `exit status ${status ?? 'unknown'}`}`);
  return stdout;
}
