// An sshd on loopback in which commands run. For root, sshd runs as nobody, whose shell is none: it gets one in a mount namespace of
// its own.
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { PrivateRoot } from '../../../bin/test-bed/private-root';
import { spawnSync } from 'node:child_process';
import { findOpenSsh } from '../../../bin/test-bed/openssh';
import { user } from '../../../bin/test-bed/unprivileged';

export class ShellServer {
  public static async start(sshdConfig = ''): Promise<ShellServer> {
    const root = await PrivateRoot.create({ openSsh: findOpenSsh(), sshdConfig });
    const server = new ShellServer(root);
    // Tests that run at the same time use the temporary folder of the machine.
    mkdirSync(server.temporaryFolder);
    chmodSync(server.temporaryFolder, 0o777);
    root.write('etc/ssh/sshd_config', `SetEnv TMPDIR=${server.temporaryFolder}\n${sshdConfig}`, 0o600);
    const { uid, gid } = user();
    if (uid === undefined || gid === undefined) await root.start();
    else server.startWithShell(uid, gid);
    return server;
  }

  private constructor(private readonly root: PrivateRoot) {}

  public get port(): number {
    return this.root.port;
  }

  /** The TMPDIR of its sessions, which nobody else uses. */
  public get temporaryFolder(): string {
    return this.root.in('session-tmp');
  }

  /** Writes an ssh_config with the host `web` at this port of loopback, and returns its path; these lines come first. */
  public writeConfig(port: number, lines: readonly string[] = []): string {
    const config = [
      'Host web',
      ...lines,
      'HostName 127.0.0.1',
      `Port ${port}`,
      `User ${this.root.userName}`,
      'HostKeyAlias rehearsal',
      `UserKnownHostsFile ${this.root.in('known_hosts')}`,
      `IdentityFile ${this.root.in('user_key')}`,
      'IdentitiesOnly yes',
    ].join('\n  ');
    this.root.write('ssh_config', `${config}\n`, 0o644);
    return this.root.in('ssh_config');
  }

  public stop(): void {
    this.root.dispose();
  }

  private startWithShell(uid: number, gid: number): void {
    const passwd = readFileSync('/etc/passwd', 'utf8').replace(/^(nobody:.*:)[^:]*:[^:]*$/m, '$1/tmp:/bin/sh');
    this.root.write('passwd', passwd);
    const setpriv = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', this.root.in('listen')];
    const script = 'mount --bind "$1" /etc/passwd && shift && exec "$@"';
    const args = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', this.root.in('passwd'), ...setpriv];
    const { status, stderr } = spawnSync('unshare', args, { cwd: this.root.path, encoding: 'utf8' });
    if (status !== 0) throw new Error(`sshd does not start: ${stderr}${this.root.log()}`);
  }
}
