// Disk images with a Debian root, and what is on a disk after its machine is gone. File systems are mounted in a mount
// namespace that ends with its shell, so nothing stays mounted after a failure.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE, type Suite, debianRoot } from './debian-root';

export type FileSystem = 'ext4' | 'xfs';

/** What a machine starts from: these files are never written to. */
export interface DiskImage {
  readonly suite: Suite;
  readonly fileSystem: FileSystem;
  /** A raw image. */
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

export interface DiskImageProps {
  readonly suite: Suite;
  readonly fileSystem: FileSystem;
  /** A shell script that changes the files; it runs in their root folder. */
  readonly change?: string;
}

/** The image, from the cache or new. */
export function diskImage({ suite, fileSystem, change = ':' }: DiskImageProps): DiskImage {
  const root = debianRoot(suite);
  const definition = createHash('sha256').update([root, change].join()).digest('hex').slice(0, 8);
  const home = join(CACHE, `${suite}-${fileSystem}-${definition}`);
  if (!existsSync(home)) {
    mkdirSync(CACHE, { recursive: true });
    const stage = mkdtempSync(`${home}.partial-`);
    try {
      const make = `
        truncate -s 1500M "$1/disk"
        mkfs.${fileSystem} -q "$1/disk"
        mount -o loop "$1/disk" /mnt
        tar -x -f "$2" -C /mnt
        cp -L /mnt/vmlinuz "$1/kernel"
        cp -L /mnt/initrd.img "$1/initrd"
        cd /mnt
        ${change}`;
      execFileSync('unshare', inNamespace(make, stage, root), { stdio: ['ignore', 'ignore', 'pipe'] });
      renameSync(stage, home);
    } catch (error) {
      rmSync(stage, { recursive: true, force: true });
      // Another run, at the same time, has put it there.
      if (!existsSync(home)) throw error;
    }
  }
  return {
    suite,
    fileSystem,
    disk: join(home, 'disk'),
    kernel: join(home, 'kernel'),
    initrd: join(home, 'initrd'),
  };
}

/** Mounts a disk, which replays the log of its file system, and prints what a shell script prints in its root folder. */
export async function readDisk(disk: string, fileSystem: FileSystem, script: string): Promise<string> {
  const raw = `${disk}.raw`;
  try {
    await execute('qemu-img', ['convert', '-O', 'raw', disk, raw]);
    const { stdout } = await execute('unshare', inNamespace(`${MOUNT[fileSystem]}\ncd /mnt\n${script}`, raw));
    return stdout;
  } finally {
    rmSync(raw, { force: true });
  }
}

const execute = promisify(execFile);

/** XFS does not mount two disks with the same UUID at a time, and the disks of a saved machine are copies of one. */
const MOUNT: Record<FileSystem, string> = {
  ext4: 'mount -o loop "$1" /mnt',
  xfs: 'mount -o loop,nouuid "$1" /mnt',
};

/** The arguments of an `unshare` that runs a shell script, which ends at the first command that fails: one a line. */
function inNamespace(script: string, ...args: readonly string[]): string[] {
  return ['--mount', '--propagation', 'private', 'sh', '-euc', script, 'sh', ...args];
}
