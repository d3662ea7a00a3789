// Fetches what the benchmark compares with, once: Debian packages are unpacked and Python packages go into a venv, all
// under .cache/, nothing is installed. Knows nothing about what is fetched.
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { find } from '../bin/test-bed/openssh.js';
import { runNow, user } from '../bin/test-bed/unprivileged.js';

const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));

/** The folder of that name in the cache; `fill` makes it if it is not there, in a temporary folder. */
function cached(name, fill) {
  const destination = join(CACHE, `bench-${name}-${system()}`);
  if (existsSync(destination)) return destination;
  const stage = mkdtempSync(join(tmpdir(), `bench-${name}-`));
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(`${destination}.partial-`);
  try {
    const { uid, gid } = user();
    if (uid !== undefined) chownSync(stage, uid, gid);
    fill(stage, join(stage, 'tree'));
    // With its times: compiled Python files hold those of their sources.
    cpSync(join(stage, 'tree'), partial, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    chmodSync(partial, 0o755);
    renameSync(partial, destination);
    return destination;
  } finally {
    for (const folder of [stage, partial]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Debian packages, unpacked into one tree; their Python files are compiled, as an installation would do. */
export function debianPackages(name, packages) {
  return cached(name, (stage, tree) => {
    download(stage, packages);
    for (const file of readdirSync(stage).filter((entry) => entry.endsWith('.deb'))) {
      must('dpkg-deb', ['-x', join(stage, file), tree]);
    }
    const python = join(tree, 'usr/lib/python3/dist-packages');
    // Some packages carry files for other versions of Python, which this one refuses.
    if (existsSync(python)) runNow(python3(), ['-m', 'compileall', '-q', python]);
  });
}

/** A venv with a package of PyPI. */
export function pythonVenv(name, requirement) {
  return cached(name, (stage, tree) => {
    must(python3(), ['-m', 'venv', tree]);
    // Indexes, certificates and proxies come from the environment.
    const env = { ...process.env, HOME: stage };
    must(join(tree, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', requirement], { env });
  });
}

/** Debian's Python: others may stand in a home that nobody may enter. */
export function python3() {
  const path = find('python3');
  if (!path) throw new Error('python3 is missing');
  return path;
}

function download(stage, packages) {
  const get = (lists) => runNow('apt-get', [...lists, '-q', 'download', ...packages], { cwd: stage });
  if (get([]).status === 0) return;
  // Without package lists, or with stale ones: fresh ones of our own, which leave the machine's as they are.
  const lists = ['-o', `Dir::State::Lists=${join(stage, 'lists')}`, '-o', `Dir::Cache=${join(stage, 'cache')}`];
  must('mkdir', ['-p', join(stage, 'lists/partial'), join(stage, 'cache/archives/partial')]);
  must('apt-get', [...lists, '-q', '-o', 'APT::Update::Error-Mode=any', 'update']);
  const { status, stderr } = get(lists);
  if (status !== 0) throw new Error(stderr.trim());
}

/** A cache can outlive an upgrade of the system. */
function system() {
  const release = readFileSync('/etc/os-release', 'utf8');
  const value = (key) => new RegExp(`^${key}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? 'unknown';
  return `${value('ID')}-${value('VERSION_ID')}-${process.arch}`;
}

function must(command, args, options) {
  const { status, stdout, stderr } = runNow(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${(stderr || stdout).trim()}`);
}
