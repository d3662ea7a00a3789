// A machine in a temporary folder: an /etc/ssh, a real sshd on loopback and something that stands for systemd, in which
// the scripts run unprivileged, with their paths relocated. Knows nothing about keepalives.
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OpenSsh } from './openssh';
import { helperOptions, libraryPath } from './openssh';
import { relocate, searchPath } from './relocate';
import type { Outcome } from './unprivileged';
import { run, user } from './unprivileged';

/** What a private root starts with. */
export interface PrivateRootProps {
  readonly openSsh: OpenSsh;
  /** The bytes of /etc/ssh/sshd_config. An `Include` of /etc/ssh is moved into the root, all else stays as it is. */
  readonly sshdConfig: string | Buffer;
  /**
   * Files of /etc/ssh/sshd_config.d by their names.
   *
   * @default - the folder does not exist
   */
  readonly dropIns?: Record<string, string>;
  /**
   * The unit's name: `sshd` on Amazon Linux, `ssh` on Debian.
   *
   * @default 'sshd'
   */
  readonly unit?: 'sshd' | 'ssh';
}

/** How to run a script. */
export interface RunScriptProps {
  /** @default 'sh' */
  readonly shell?: string;
  /** Added to a minimal environment. */
  readonly env?: Record<string, string>;
  /** @default 60_000 */
  readonly timeoutMs?: number;
}

/** A machine in a temporary folder. Make one with `PrivateRoot.create`, and `dispose` of it. */
export class PrivateRoot {
  /** Makes the folder with everything in it; sshd is not started. */
  static async create(props: PrivateRootProps): Promise<PrivateRoot> {
    const root = new PrivateRoot(props, await freePort());
    try {
      await root.makeKeys();
    } catch (error) {
      root.dispose();
      throw error;
    }
    return root;
  }

  /** The folder. */
  readonly path: string;
  /** The user to log in as. */
  readonly userName: string = user().name;
  private scripts = 0;
  private readonly disposeAtExit = (): void => this.dispose();

  private constructor(
    private readonly props: PrivateRootProps,
    /** Where sshd listens on 127.0.0.1. */
    readonly port: number,
  ) {
    // Real: the scripts follow symlinks, and /tmp is one on macOS.
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'ssh-keepalive-')));
    process.once('exit', this.disposeAtExit);
    this.give(this.path);
    if (!/^[\w./+-]+$/.test(this.path)) {
      this.dispose();
      throw new Error(`A temporary folder named ${this.path} cannot be written into a script; set TMPDIR to another.`);
    }
    this.fill();
  }

  /** The real sshd, called as the scripts call it. */
  sshd(args: readonly string[]): Promise<Outcome> {
    return run(this.in('usr/sbin/sshd'), args, { cwd: this.path });
  }

  /** What stands for systemctl, called as the scripts call it. */
  systemctl(...args: string[]): Promise<Outcome> {
    return run(this.in('usr/bin/systemctl'), args, { cwd: this.path });
  }

  /** Starts sshd; it listens when this returns. */
  async start(): Promise<void> {
    const { status, stderr } = await this.systemctl('start', this.unit);
    if (status !== 0) throw new Error(`sshd does not start: ${stderr}${this.log()}`);
  }

  /** Stops sshd; its sessions stay. */
  async stop(): Promise<void> {
    await this.systemctl('stop', this.unit);
  }

  /** The line with which sshd greets, such as `SSH-2.0-OpenSSH_9.2p1`. */
  greeting(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(this.port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString().trim());
      });
    });
  }

  /** The script with its paths in this root; throws when one would stay outside. */
  relocate(script: string): string {
    return relocate(script, this.path);
  }

  /** Runs a script in this root, relocated. */
  run(script: string, props: RunScriptProps = {}): Promise<Outcome> {
    const file = `tmp/script-${++this.scripts}.sh`;
    this.write(file, this.relocate(script));
    const env = { PATH: `${searchPath(this.path)}:/usr/sbin:/usr/bin:/sbin:/bin`, ...props.env };
    return run(props.shell ?? 'sh', [this.in(file)], { cwd: this.path, env, timeoutMs: props.timeoutMs });
  }

  /** A file of this root, by its path in it. */
  in(path: string): string {
    return join(this.path, path);
  }

  /** Writes a file of this root. */
  write(path: string, content: string | Buffer, mode = 0o644): void {
    this.makeFolder(dirname(path));
    writeFileSync(this.in(path), content);
    chmodSync(this.in(path), mode);
    this.give(this.in(path));
  }

  /** The calls of systemctl, oldest first. */
  systemctlCalls(): string[] {
    return this.read('systemctl.log').split('\n').filter(Boolean);
  }

  /** What sshd has logged. */
  log(): string {
    return this.read('sshd.log');
  }

  /** Stops sshd and removes everything; at the latest, this happens when the process ends. */
  dispose(): void {
    process.off('exit', this.disposeAtExit);
    const pid = Number(this.read('run/sshd.pid'));
    try {
      if (pid > 0) process.kill(pid);
    } catch {
      // It has ended by itself.
    }
    rmSync(this.path, { recursive: true, force: true });
  }

  private get unit(): string {
    return this.props.unit ?? 'sshd';
  }

  private fill(): void {
    const { sshdConfig, dropIns, openSsh } = this.props;
    this.makeFolder('run');
    this.write('etc/ssh/sshd_config', moveIncludes(sshdConfig, this.path), 0o600);
    for (const [name, text] of Object.entries(dropIns ?? {})) this.write(`etc/ssh/sshd_config.d/${name}`, text);

    let program = openSsh.sshd;
    let libraries = '';
    let helpers = '';
    if (openSsh.unpackedIn) {
      // A copy, because the user nobody cannot read a clone in a home directory.
      const tree = this.in('openssh');
      cpSync(openSsh.unpackedIn, tree, { recursive: true, verbatimSymlinks: true });
      for (const entry of readdirSync(tree, { recursive: true, encoding: 'utf8' })) this.give(join(tree, entry));
      this.give(tree);
      program = openSsh.sshd.replace(openSsh.unpackedIn, tree);
      libraries = `export LD_LIBRARY_PATH=${libraryPath(tree)}`;
      helpers = helperOptions(tree).join(' ');
    }
    this.write('usr/sbin/sshd', sshdWrapper({ root: this.path, port: this.port, program, libraries, helpers }), 0o755);
    this.write('listen', listener(this.path), 0o755);
    this.write('unit', this.unit);
    this.write('usr/bin/systemctl', readFileSync(join(__dirname, 'systemctl.sh')), 0o755);
  }

  private async makeKeys(): Promise<void> {
    for (const key of ['etc/ssh/host_key', 'user_key']) {
      const args = ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', this.in(key)];
      const { status, stdout, stderr } = await run(this.props.openSsh.sshKeygen, args, { cwd: this.path });
      if (status !== 0) throw new Error(`ssh-keygen made no key: ${stdout}${stderr}`);
    }
    this.write('authorized_keys', readFileSync(this.in('user_key.pub')));
    this.write('known_hosts', `rehearsal ${this.read('etc/ssh/host_key.pub')}`);
  }

  private makeFolder(path: string): void {
    // mkdir names the first folder that it made: that one and those below it are root's until they are given away.
    const first = mkdirSync(this.in(path), { recursive: true });
    for (let folder = this.in(path); first?.length && folder.length >= first.length; folder = dirname(folder)) {
      this.give(folder);
    }
  }

  private give(path: string): void {
    const { uid, gid } = user();
    if (uid !== undefined && gid !== undefined) lchownSync(path, uid, gid);
  }

  private read(path: string): string {
    try {
      return readFileSync(this.in(path), 'utf8');
    } catch {
      return '';
    }
  }
}

interface WrapperProps {
  readonly root: string;
  readonly port: number;
  readonly program: string;
  readonly libraries: string;
  readonly helpers: string;
}

/** What the scripts find as /usr/sbin/sshd. */
function sshdWrapper({ root, port, program, libraries, helpers }: WrapperProps): string {
  return `#!/bin/sh
# The real sshd, told what is different here: no host key of the stock file exists, port 22 and the pid file are not ours.
${libraries}
config='-f ${root}/etc/ssh/sshd_config'
for argument; do
  case $argument in -f* | -[tTdDeqG46]*f) config= ;; esac
done
own='-h ${root}/etc/ssh/host_key -p ${port} -o PidFile=${root}/run/sshd.pid ${helpers}'
# The options of the process that runs here have them already.
case "$*" in *PidFile=${root}/*) own= ;; esac
exec '${program}' $own $config "$@"
`;
}

/** sshd as the unit starts it. What only this machine needs stands here, so that the configuration stays the one under test. */
function listener(root: string): string {
  const options = [
    'ListenAddress=127.0.0.1',
    // One ordinary user cannot ask PAM about anybody, nor become another user to run the stock file's command.
    'UsePAM=no',
    'AuthorizedKeysCommand=none',
    `AuthorizedKeysFile=${root}/authorized_keys`,
    // /tmp is writable for all.
    'StrictModes=no',
    'LogLevel=VERBOSE',
  ];
  // nss-systemd invents a locked shadow entry for nobody, who cannot read the true one, and sshd turns the locked away.
  return `#!/bin/sh
export SYSTEMD_NSS_BYPASS_SYNTHETIC=1
exec ${root}/usr/sbin/sshd -E ${root}/sshd.log ${options.map((option) => `-o ${option}`).join(' ')}
`;
}

/** Moves the includes of /etc/ssh; they are all that would make sshd read another configuration than this root's. */
function moveIncludes(config: string | Buffer, root: string): string | Buffer {
  const text = config.toString('latin1');
  const moved = text.replace(/^(\s*Include\b.*)$/gim, (line) =>
    line.replaceAll(/(?<![\w./-])\/etc\/ssh\//g, `${root}/etc/ssh/`),
  );
  return moved === text ? config : Buffer.from(moved, 'latin1');
}

function freePort(): Promise<number> {
  // Below the ports of outgoing connections (32768 and above on Linux, 49152 elsewhere), which could take it meanwhile.
  const port = randomInt(10_000, 32_768);
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') resolve(freePort());
      else reject(new Error(`Port ${port} of 127.0.0.1 cannot be opened: ${code}`));
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}
