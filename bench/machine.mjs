// A private copy of /etc/ssh with a real sshd to ask, in a temporary folder, where everybody who is compared works
// unprivileged. A real sshd runs on loopback, as on an instance, and nothing is restarted. Knows nothing about who is
// compared.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, lchownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helperOptions, libraryPath } from '../bin/test-bed/openssh.js';
import { relocate, searchPath } from '../bin/test-bed/relocate.js';
import { user } from '../bin/test-bed/unprivileged.js';

const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

export class Machine {
  constructor(openSsh) {
    this.user = user();
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'ssh-keepalive-bench-')));
    process.once('exit', () => rmSync(this.root, { recursive: true, force: true }));
    for (const folder of ['etc/ssh/sshd_config.d', 'usr/sbin', 'usr/bin', 'run', 'tmp']) {
      mkdirSync(this.in(folder), { recursive: true });
    }
    this.config = this.in('etc/ssh/sshd_config');
    this.sshd = this.in('usr/sbin/sshd');
    this.env = { PATH: `${searchPath(this.root)}:${SYSTEM_PATH}`, HOME: this.in('tmp'), LC_ALL: 'C.UTF-8' };
    this.own(this.root);

    let program = openSsh.sshd;
    this.helpers = [];
    if (openSsh.unpackedIn) {
      const tree = this.adopt(openSsh.unpackedIn, 'openssh');
      program = openSsh.sshd.replace(openSsh.unpackedIn, tree);
      // For all alike, so that no wrapper stands in between.
      this.env.LD_LIBRARY_PATH = libraryPath(tree);
      this.helpers = helperOptions(tree).filter((option) => option !== '-o');
    }
    symlinkSync(program, this.sshd);
    // From the first moment on: without it, the search path would lead to the machine's own.
    this.useService('inactive');
    this.port = 20_000 + (process.pid % 10_000);
    for (const type of ['rsa', 'ecdsa', 'ed25519']) {
      this.run(openSsh.sshKeygen, ['-q', '-t', type, '-N', '', '-f', this.in(`etc/ssh/ssh_host_${type}_key`)]);
    }
  }

  in(path) {
    return join(this.root, path);
  }

  /** Copies a tree into the root, because nobody may not read a clone in somebody's home. */
  adopt(tree, name) {
    cpSync(tree, this.in(name), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    this.own(this.in(name));
    return this.in(name);
  }

  /** Writes a file of the root. */
  write(path, content, mode = 0o644) {
    rmSync(this.in(path), { force: true });
    writeFileSync(this.in(path), content, { mode });
    this.own(this.in(path));
    return this.in(path);
  }

  /** A stock sshd_config as it came, in a folder without drop-ins; only what this machine must have different is added. */
  useConfig(stock) {
    for (const entry of readdirSync(this.in('etc/ssh/sshd_config.d'))) {
      rmSync(this.in(`etc/ssh/sshd_config.d/${entry}`), { recursive: true });
    }
    const text = stock
      .replace(/^#(?=HostKey .*_(rsa|ecdsa|ed25519)_key)/gm, '')
      .replaceAll('/etc/ssh/', this.in('etc/ssh/'));
    const ours = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      `PidFile ${this.in('run/sshd.pid')}`,
      ...this.helpers.map((option) => option.replace('=', ' ')),
    ];
    this.write('etc/ssh/sshd_config', `${text}${ours.join('\n')}\n`, 0o600);
  }

  /** Starts the sshd of the unit, with the present configuration; it listens when this returns. */
  startSshd() {
    const { uid, gid } = this.user;
    const options = { cwd: this.root, uid, gid, env: this.env, stdio: 'ignore' };
    const child = spawn(realpathSync(this.sshd), ['-D', '-f', this.config], options);
    child.unref();
    process.once('exit', () => child.kill('SIGKILL'));
    this.pid = child.pid;
    const deadline = Date.now() + 10_000;
    while (!existsSync(this.in('run/sshd.pid'))) {
      if (Date.now() > deadline) throw new Error('sshd does not start.');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }

  /** What stands for systemctl: one to which sshd runs and every restart succeeds at once, or one that knows no unit. */
  useService(state) {
    const command = `${this.sshd} -D -f ${this.config}`;
    const unit = [
      `MainPID=${this.pid}`,
      `ExecStart={ path=${this.sshd} ; argv[]=${command} ; ignore_errors=no ; pid=0 }`,
      'Id=sshd.service',
      'LoadState=loaded',
      'ActiveState=active',
    ];
    const show = state === 'active' ? `printf '%s\\n' '${unit.join("' '")}'` : ':';
    const others = state === 'active' ? 0 : 3;
    this.write('usr/bin/systemctl', `#!/bin/sh\ncase $1 in show) ${show} ;; *) exit ${others} ;; esac\n`, 0o755);
  }

  /** Writes a script with its paths in this root. */
  addScript(name, script) {
    return this.write(`tmp/${name}`, relocate(script, this.root));
  }

  /** Runs a program and returns the milliseconds that it took; throws if it fails. */
  run(command, args, env = {}) {
    const { uid, gid } = this.user;
    const options = { cwd: this.root, uid, gid, env: { ...this.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
    const start = process.hrtime.bigint();
    const { status, stdout, stderr, error } = spawnSync(command, args, options);
    const end = process.hrtime.bigint();
    if (error) throw error;
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
    this.output = `${stdout}`;
    return Number(end - start) / 1e6;
  }

  /** What sshd answers for both keywords, as `60/120`. */
  values() {
    this.run(this.sshd, ['-T', '-f', this.config]);
    const value = (keyword) => new RegExp(`^${keyword} (\\d+)$`, 'im').exec(this.output)?.[1];
    return `${value('ClientAliveInterval')}/${value('ClientAliveCountMax')}`;
  }

  /** The arguments of the sshd calls that a piece of work makes. */
  sshdCalls(work) {
    const log = this.write('tmp/calls', '');
    const program = realpathSync(this.sshd);
    this.write('usr/sbin/sshd', `#!/bin/sh\necho "$*" >>${log}\nexec ${program} "$@"\n`, 0o755);
    work();
    rmSync(this.sshd);
    symlinkSync(program, this.sshd);
    return readFileSync(log, 'utf8').trim().split('\n');
  }

  own(path) {
    const { uid, gid } = this.user;
    if (uid === undefined) return;
    lchownSync(path, uid, gid);
    for (const entry of listTree(path)) lchownSync(join(path, entry), uid, gid);
  }
}

function listTree(path) {
  try {
    return readdirSync(path, { recursive: true });
  } catch {
    return []; // a file
  }
}
