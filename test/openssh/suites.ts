// The OpenSSH servers of Debian's suites, each unpacked once into a folder that one can chroot into; nothing is
// installed. Knows nothing about keepalives, nor how a suite is run.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** From the oldest OpenSSH to the newest; sid moves, so the tests print what they found in it. */
export const SUITE_NAMES = ['bullseye', 'bookworm', 'trixie', 'sid'] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

export interface Suite {
  readonly name: SuiteName;
  /** The root folder of its files. */
  readonly tree: string;
  /** An empty folder to mount a machine on. */
  readonly mountPoint: string;
}

const CACHE = join(__dirname, '..', '..', '.cache', 'openssh-suites');
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const PACKAGES = [
  // What the scripts call, and their shells; apt adds what these need.
  ...['bash', 'coreutils', 'dash', 'grep', 'libc-bin', 'mawk', 'openssh-server', 'sed', 'util-linux'],
  // What the tests call; busybox brings up the loopback device, perl-base shuts file systems down.
  ...['base-passwd', 'busybox-static', 'e2fsprogs', 'mount', 'openssh-client', 'perl-base', 'xfsprogs'],
];
// Another list makes another tree.
const LIST = createHash('sha256').update(PACKAGES.join()).digest('hex').slice(0, 8);

/** The suite, from the cache or, the first time, from Debian's archive. */
export function findSuite(name: SuiteName): Suite {
  const home = join(CACHE, `${name}-${process.arch}-${LIST}`);
  if (!existsSync(home)) unpack(name, home);
  return { name, tree: join(home, 'tree'), mountPoint: join(home, 'machine') };
}

/** The sshd_config that the suite's package ships. */
export function stockConfig(suite: Suite): string {
  return readFileSync(join(suite.tree, 'usr/share/openssh/sshd_config'), 'utf8');
}

/** `home` appears whole or not at all, so an interrupted download is never taken for a suite. */
function unpack(name: SuiteName, home: string): void {
  mkdirSync(CACHE, { recursive: true });
  const stage = mkdtempSync(`${home}.partial-`);
  try {
    const tree = join(stage, 'tree');
    mergeUsr(tree);
    for (const file of download(name, join(stage, 'apt'))) extract(file, tree);
    furnish(tree);
    mkdirSync(join(stage, 'machine'));
    rmSync(join(stage, 'apt'), { recursive: true });
    renameSync(stage, home);
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    // Another run, at the same time, has put it there.
    if (!existsSync(home)) throw error;
  }
}

/** Downloads the packages with all that they need, by an apt whose state is its own: to it, nothing is installed. */
function download(name: SuiteName, state: string): string[] {
  if (!existsSync(KEYRING)) throw new Error(`${KEYRING} is missing: install debian-archive-keyring.`);
  for (const folder of ['lists/partial', 'archives/partial']) mkdirSync(join(state, folder), { recursive: true });
  writeFileSync(join(state, 'status'), '');
  writeFileSync(join(state, 'sources.list'), `deb [signed-by=${KEYRING}] ${archive()} ${name} main\n`);
  const options = [
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    // root's own downloads into a folder that nobody else needs to reach.
    'APT::Sandbox::User=root',
    `Dir::Cache=${state}`,
    `Dir::Etc::SourceList=${join(state, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State=${state}`,
    `Dir::State::status=${join(state, 'status')}`,
  ].flatMap((option) => ['-o', option]);
  run('apt-get', ['-qq', ...options, 'update']);
  run('apt-get', ['-qq', '-y', ...options, '--no-install-recommends', '--download-only', 'install', ...PACKAGES]);
  const archives = join(state, 'archives');
  return readdirSync(archives).flatMap((file) => (file.endsWith('.deb') ? [join(archives, file)] : []));
}

/** Debian's archive as this machine's apt knows it, which can be a mirror. */
function archive(): string {
  const sources = run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Identifier: Packages']).split('\n');
  return sources.find((uri) => /\/debian\/?$/.test(uri)) ?? 'http://deb.debian.org/debian';
}

/** Since bookworm packages rely on these links; bullseye's do not mind them. */
function mergeUsr(tree: string): void {
  for (const folder of ['bin', 'lib', 'lib64', 'sbin']) {
    mkdirSync(join(tree, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(tree, folder));
  }
}

function extract(file: string, tree: string): void {
  const files = execFileSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['--extract', '--keep-directory-symlink', '--directory', tree], { input: files });
}

/** What the packages' own installation scripts would have done. */
function furnish(tree: string): void {
  symlinkSync('mawk', join(tree, 'usr/bin/awk'));
  // There is no systemd to talk to in a chroot: each machine brings what stands for it.
  rmSync(join(tree, 'usr/bin/systemctl'), { force: true });
  symlinkSync('/run/bin/systemctl', join(tree, 'usr/bin/systemctl'));
  const users = [
    'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin',
    'bob:x:1001:1001::/home/bob:/bin/sh',
    'alice:x:1002:1002::/home/alice:/bin/sh',
  ];
  const groups = ['bob:x:1001:', 'alice:x:1002:', 'sftponly:x:1100:alice'];
  for (const [name, own] of Object.entries({ passwd: users, group: groups })) {
    const master = join(tree, `usr/share/base-passwd/${name}.master`);
    cpSync(master, join(tree, 'etc', name));
    writeFileSync(join(tree, 'etc', name), own.join('\n') + '\n', { flag: 'a' });
  }
}

function run(program: string, args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
