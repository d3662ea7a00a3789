// The command line on the client's side of a NAT: it runs from this clone, in the network of the client's machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from '../cli/command-line';
import { SuiteMachine } from '../openssh/suite-machine';
import { findSuite } from '../openssh/suites';
import { NatNetwork, type NatProps } from './nat-network';

/** The server's address. */
export const SERVER = '10.77.2.2';

const SSHD_CONFIG = 'UsePAM no\nStrictModes no\n';

/** How a run of the command line ended. */
export interface ProbeRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A client and a server with sshd behind a NAT. */
export class ProbeMachines {
  public static async start(nat: NatProps, sshdConfig = ''): Promise<ProbeMachines> {
    const suite = findSuite('trixie');
    const [client, server] = [await SuiteMachine.start(suite), await SuiteMachine.start(suite)];
    await client.run('ssh-keygen -q -t ed25519 -N "" -f /root/key');
    server.fill({ sshd_config: SSHD_CONFIG + sshdConfig });
    await server.run('mkdir -m 700 /root/.ssh; ssh-keygen -A; /usr/sbin/sshd -E /tmp/sshd.log');
    server.write('root/.ssh/authorized_keys', client.read('root/key.pub'), 0o600);
    return new ProbeMachines(client, server, await NatNetwork.connect(client, [server], nat));
  }

  private readonly folder = mkdtempSync(join(tmpdir(), 'probe-'));
  private readonly children: ChildProcess[] = [];

  private constructor(
    private readonly client: SuiteMachine,
    public readonly server: SuiteMachine,
    public readonly network: NatNetwork,
  ) {
    writeFileSync(join(this.folder, 'key'), client.read('root/key'), { mode: 0o600 });
  }

  /** Probes the sshd; the lines stand in the ssh_config of its host `web`. */
  public probeSsh(args: readonly string[], lines: readonly string[] = []): Promise<ProbeRun> {
    return finished(this.startSsh(args, lines));
  }

  /** Begins to probe the sshd. */
  public startSsh(args: readonly string[], lines: readonly string[] = []): ChildProcess {
    const config = [
      'Host web',
      `HostName ${SERVER}`,
      'User root',
      `IdentityFile ${join(this.folder, 'key')}`,
      'IdentitiesOnly yes',
      'StrictHostKeyChecking no',
      'UserKnownHostsFile /dev/null',
      ...lines,
    ].join('\n  ');
    writeFileSync(join(this.folder, 'config'), `${config}\n`, { mode: 0o600 });
    return this.spawnIn(this.client, ['probe', 'web', '--config', join(this.folder, 'config'), ...args]);
  }

  /** Probes a listener on the server's side. */
  public async probeTcp(args: readonly string[]): Promise<ProbeRun> {
    const listener = this.spawnIn(this.server, ['probe', '--listen', '8022']);
    await new Promise((resolve) => listener.stdout?.once('data', resolve));
    return finished(this.spawnIn(this.client, ['probe', `tcp://${SERVER}:8022`, ...args]));
  }

  /** What the probe left in the server's folder for temporary files, and its processes there. */
  public async leftBehind(): Promise<string> {
    const { stdout } = await this.server.run(
      'ls -d /tmp/cdk-ssh-keepalive-probe-*; grep -a -l cdk-ssh-keepalive-[r]eady /proc/[0-9]*/cmdline',
    );
    return stdout;
  }

  /** A file that goes with the machines. */
  public path(name: string): string {
    return join(this.folder, name);
  }

  public stop(): void {
    for (const child of this.children) child.kill();
    this.network.close();
    this.client.stop();
    this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private spawnIn(machine: SuiteMachine, args: readonly string[]): ChildProcess {
    const child = spawn('nsenter', ['--net', '--target', `${machine.pid}`, process.execPath, BUNDLE, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    return child;
  }
}

async function finished(child: ChildProcess): Promise<ProbeRun> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (data) => (stdout += String(data)));
  child.stderr?.on('data', (data) => (stderr += String(data)));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}
