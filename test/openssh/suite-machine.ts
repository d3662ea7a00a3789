// A machine of one suite, in namespaces of its own, that starts fresh within milliseconds: the untouched scripts run in
// it as root. It runs nothing before it knows that it is chrooted. Knows nothing about what the scripts should do.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Suite } from './suites';

/** A file of /etc/ssh: its text, or more about it. */
export type Entry =
  | string
  | {
      readonly text?: string;
      /** Makes it a symbolic link; a relative one, since this process makes and reads it from outside. */
      readonly symlinkTo?: string;
      /** Makes it another name of a file that comes before it. */
      readonly hardLinkTo?: string;
      /** Makes it an empty folder. */
      readonly folder?: true;
      readonly mode?: number;
      readonly owner?: number;
    };

/** Files by their paths below /etc/ssh. */
export type Files = Readonly<Record<string, Entry>>;

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

// Everything that can be written to is in memory and goes with the namespace, and so does every process.
const SETUP = `set -eu
mount --bind "$TREE" "$ROOT"
mount -o remount,bind,ro "$ROOT"
for folder in dev etc/ssh root run tmp; do mount -t tmpfs -o mode=755 suite "$ROOT/$folder"; done
for device in null random urandom zero; do
  : >"$ROOT/dev/$device"
  mount --bind "/dev/$device" "$ROOT/dev/$device"
done
mount -t proc proc "$ROOT/proc"
echo "$TOKEN" >"$ROOT/run/suite-machine"
exec chroot "$ROOT" /usr/bin/env -i PATH=/usr/sbin:/usr/bin TOKEN="$TOKEN" /bin/sh
`;

// The shell's first lines: outside its chroot it would find no such file, and end.
const BEGIN = `[ "$(cat /run/suite-machine)" = "$TOKEN" ] && [ "$$" = 1 ] || exit 1
umask 022
busybox ip link set lo up
mkdir /run/sshd /run/bin
ssh-keygen -q -t ed25519 -N '' -C suite -f /etc/ssh/ssh_host_ed25519_key
echo ready
`;

const HOST_KEY = 'ssh_host_ed25519_key';

/** Make one with `SuiteMachine.start`, and `stop` it. */
export class SuiteMachine {
  static async start(suite: Suite): Promise<SuiteMachine> {
    const token = randomUUID();
    const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--net', '--uts'];
    const shell = spawn('unshare', [...namespaces, 'sh', '-c', SETUP], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TREE: suite.tree, ROOT: suite.mountPoint, TOKEN: token },
    });
    const machine = new SuiteMachine(suite, shell);
    try {
      if ((await machine.tell(BEGIN)) !== 'ready') throw new Error(`A machine of ${suite.name} does not start.`);
      machine.makeSureOfWhereThisIs(token);
      machine.sshdVersion = /OpenSSH_[\w.]+/.exec((await machine.run('/usr/sbin/sshd -V')).stderr)?.[0] ?? 'unknown';
      return machine;
    } catch (error) {
      machine.stop();
      throw error;
    }
  }

  /** Such as OpenSSH_9.2p1. */
  sshdVersion = 'unknown';
  /** This machine's root folder, as seen from outside its namespace. */
  private readonly root: string;
  private readonly answers: AsyncIterator<string>;
  private complaints = '';
  private readonly stopAtExit = (): void => this.stop();

  private constructor(
    readonly suite: Suite,
    private readonly shell: ChildProcessWithoutNullStreams,
  ) {
    this.root = `/proc/${shell.pid}/root${suite.mountPoint}`;
    this.answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
    shell.stderr.on('data', (data) => (this.complaints += String(data)));
    process.once('exit', this.stopAtExit);
  }

  /** A process in this machine's network namespace. */
  get pid(): number {
    return this.shell.pid ?? NaN;
  }

  /** Runs a command line of this machine's shell, one at a time. */
  async run(commandLine: string): Promise<Outcome> {
    const answer = await this.tell(`(${commandLine}\n) </dev/null >/tmp/stdout 2>/tmp/stderr; echo "$?"\n`);
    return { status: Number(answer), stdout: this.read('tmp/stdout'), stderr: this.read('tmp/stderr') };
  }

  /** Makes /etc/ssh anew: the host key and these files. */
  fill(files: Files): void {
    for (const name of this.namesOf('etc/ssh')) rmSync(this.in(`etc/ssh/${name}`), { recursive: true });
    for (const [path, entry] of Object.entries(files)) this.make(`etc/ssh/${path}`, entry);
  }

  /** Everything below /etc/ssh but the host key: kind, mode, owner, links and content by path. */
  snapshot(): Record<string, string> {
    const found: Record<string, string> = {};
    const firstOf = new Map<number, string>();
    const visit = (folder: string): void => {
      for (const name of this.namesOf(folder)) {
        const path = `${folder}/${name}`;
        const { mode, uid, gid, ino, nlink } = lstatSync(this.in(path));
        const kind = mode & 0o170000;
        const about = `${mode.toString(8)} ${uid}:${gid}`;
        if (kind === 0o040000) {
          found[path] = about;
          visit(path);
        } else if (kind === 0o120000) {
          found[path] = `${about} -> ${readlinkSync(this.in(path))}`;
        } else {
          const same = firstOf.get(ino) ?? path;
          firstOf.set(ino, same);
          found[path] = `${about} ${nlink} ${same}\n${readFileSync(this.in(path), 'latin1')}`;
        }
      }
    };
    visit('etc/ssh');
    return found;
  }

  /** A file's text, empty when it is absent. */
  read(path: string): string {
    const file = this.in(path);
    return existsSync(file) ? readFileSync(file, 'latin1') : '';
  }

  /** Writes a new file. */
  write(path: string, text: string, mode = 0o644): void {
    rmSync(this.in(path), { force: true });
    writeFileSync(this.in(path), text, { encoding: 'latin1', flag: 'wx' });
    chmodSync(this.in(path), mode);
  }

  /** Ends every process of this machine; its mounts go with the last one. */
  stop(): void {
    process.off('exit', this.stopAtExit);
    this.shell.kill('SIGKILL');
  }

  private make(path: string, entry: Entry): void {
    const {
      text = '',
      symlinkTo,
      hardLinkTo,
      folder,
      mode,
      owner,
    } = typeof entry === 'string' ? { text: entry } : entry;
    const file = this.in(path);
    mkdirSync(dirname(file), { recursive: true });
    if (symlinkTo !== undefined) {
      if (isAbsolute(symlinkTo)) throw new Error(`${symlinkTo} would lead out of the machine.`);
      symlinkSync(symlinkTo, file);
      if (owner !== undefined) lchownSync(file, owner, owner);
      return;
    }
    if (hardLinkTo !== undefined) return linkSync(join(this.in('etc/ssh'), hardLinkTo), file);
    if (folder) mkdirSync(file, { recursive: true });
    else writeFileSync(file, text, { encoding: 'latin1', flag: 'wx' });
    if (owner !== undefined) chownSync(file, owner, owner);
    chmodSync(file, mode ?? (folder ? 0o755 : 0o644));
  }

  private namesOf(folder: string): string[] {
    return readdirSync(this.in(folder))
      .filter((name) => !name.startsWith(HOST_KEY))
      .sort();
  }

  private in(path: string): string {
    return join(this.root, path);
  }

  /** Says lines to the shell and hears the one that it answers. */
  private async tell(lines: string): Promise<string> {
    this.shell.stdin.write(lines);
    const answer = await this.answers.next();
    if (answer.done) throw new Error(`The machine of ${this.suite.name} has ended. ${this.complaints}`);
    return answer.value;
  }

  /** The folder that this process will write to must be in the other namespace, and hidden from this one. */
  private makeSureOfWhereThisIs(token: string): void {
    const isThere = this.read('run/suite-machine').trim() === token;
    if (!isThere || existsSync(join(this.suite.mountPoint, 'run'))) {
      throw new Error(`The machine of ${this.suite.name} is not in a namespace of its own.`);
    }
  }
}
