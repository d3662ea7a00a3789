// A machine in qemu that boots a disk image, with KVM or, where that does not work, emulated. It can be saved, and continued
// from that state as often as needed. A killed qemu is a power cut.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DiskImage } from './disk-image';
import { JsonSocket } from './json-socket';
import { scratchFolder } from './scratch-folder';
import { makeSeed } from './user-data';

/** An emulated machine boots in about two minutes; the rest is patience with a busy one. */
const BOOT_SECONDS = 600;
const POLL_MS = 100;
const MEMORY_MB = 400;

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

let count = 0;

/** Other kinds of KVM, of machines that are virtual themselves, do not boot every kernel. */
const HAS_KVM = existsSync('/dev/kvm') && ['kvm_intel', 'kvm_amd'].some((name) => existsSync(`/sys/module/${name}`));

/** Make one with `VirtualMachine.boot`, and `cutPower` at its end. */
export class VirtualMachine {
  /** Boots an image for the first time, and returns as soon as it runs commands. */
  static async boot(image: DiskImage, userData: string): Promise<VirtualMachine> {
    const folder = scratchFolder();
    const key = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const seed = makeSeed(folder, userData, readFileSync(`${key}.pub`, 'utf8'));
    return VirtualMachine.start({ image, folder, seed, key }, image.disk, 'raw');
  }

  private static async start(
    fixed: Pick<VirtualMachine, 'image' | 'folder' | 'seed' | 'key'>,
    backing: string,
    format: 'raw' | 'qcow2',
    memory?: string,
  ): Promise<VirtualMachine> {
    const name = join(fixed.folder, `${++count}`);
    const disk = `${name}.qcow2`;
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', format, disk]);
    const port = await freePort();
    const machine = new VirtualMachine(fixed, name, disk, port, memory);
    try {
      machine.qmp = await JsonSocket.connect(`${name}.qmp`, 30);
      await machine.qmp.request('qmp_capabilities');
      if (memory !== undefined) await machine.continueFrom();
      await machine.connectAgent();
      return machine;
    } catch (error) {
      await machine.cutPower();
      throw new Error(`The machine does not start: ${(error as Error).message}\n${machine.console}`, { cause: error });
    }
  }

  readonly image: DiskImage;
  readonly folder: string;
  readonly seed: string;
  readonly key: string;
  private readonly qemu: ChildProcess;
  private qmp?: JsonSocket;
  private agent?: JsonSocket;

  private constructor(
    fixed: Pick<VirtualMachine, 'image' | 'folder' | 'seed' | 'key'>,
    private readonly name: string,
    private readonly disk: string,
    private readonly port: number,
    memory: string | undefined,
  ) {
    ({ image: this.image, folder: this.folder, seed: this.seed, key: this.key } = fixed);
    const { kernel, initrd, fileSystem } = this.image;
    const options = [
      ...['-nodefaults', '-nographic', '-no-user-config', '-machine', 'q35', '-m', `${MEMORY_MB}`],
      ...['-accel', HAS_KVM ? 'kvm' : 'tcg', '-cpu', 'max'],
      ...['-kernel', kernel, '-initrd', initrd, '-append'],
      `root=/dev/vda rw rootfstype=${fileSystem} console=ttyS0 ds=nocloud net.ifnames=0`,
      // Real flushes: what the guest has not flushed can be lost with the power. It is in the guest's page cache, which ends
      // with qemu, or in clusters that are new in this overlay, whose places qemu writes only when the guest flushes its disk.
      ...['-drive', `file=${disk},format=qcow2,if=virtio,cache=writeback`],
      ...['-drive', `file=${this.seed},format=raw,if=virtio,readonly=on`],
      ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
      ...['-device', 'virtio-net-pci,netdev=net,romfile=', '-device', 'virtio-rng-pci'],
      ...['-serial', `file:${name}.console`, '-qmp', `unix:${name}.qmp,server=on,wait=off`],
      ...['-chardev', `socket,id=agent,path=${name}.agent,server=on,wait=off`, '-device', 'virtio-serial-pci'],
      ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
      ...(memory === undefined ? [] : ['-incoming', `exec:cat '${memory}'`]),
    ];
    // It ends with this process, however that ends.
    this.qemu = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...options], {
      stdio: 'ignore',
    });
  }

  /** What the machine printed on its serial console. */
  get console(): string {
    const file = `${this.name}.console`;
    return existsSync(file) ? readFileSync(file, 'latin1') : '';
  }

  /** Runs a command line as root, as a service does: not through sshd. */
  async run(commandLine: string, input = ''): Promise<Outcome> {
    const { pid } = (await this.requireAgent().request('guest-exec', {
      path: '/bin/sh',
      arg: ['-c', commandLine],
      env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      'input-data': Buffer.from(input).toString('base64'),
      'capture-output': true,
    })) as { pid: number };
    for (; ; await wait(POLL_MS)) {
      const status = (await this.requireAgent().request('guest-exec-status', { pid })) as Record<string, unknown>;
      if (!status.exited) continue;
      const text = (key: string): string => Buffer.from((status[key] as string | undefined) ?? '', 'base64').toString();
      return { status: Number(status.exitcode ?? -1), stdout: text('out-data'), stderr: text('err-data') };
    }
  }

  /** As `run`, for a command that must succeed; its output without the last newline. */
  async output(commandLine: string, input = ''): Promise<string> {
    const { status, stdout, stderr } = await this.run(commandLine, input);
    if (status !== 0) throw new Error(`${commandLine}: exit status ${status}\n${stdout}${stderr}`);
    return stdout.trimEnd();
  }

  /** Waits until a command succeeds. */
  async waitFor(commandLine: string): Promise<void> {
    for (
      const end = performance.now() + BOOT_SECONDS * 1000;
      (await this.run(commandLine)).status !== 0;
      await wait(POLL_MS)
    ) {
      if (performance.now() > end) throw new Error(`This did not become true: ${commandLine}`);
    }
  }

  /** The arguments of an `ssh` that logs in as root. */
  sshArguments(...options: string[]): string[] {
    return [
      ...['-F', '/dev/null', '-i', this.key, '-p', `${this.port}`, '-o', 'StrictHostKeyChecking=no'],
      ...['-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=60'],
      ...[...options, 'root@127.0.0.1'],
    ];
  }

  /** Runs a command line in an ssh session, with nothing on its standard input. */
  ssh(commandLine: string, ...options: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const child = execFile('ssh', [...this.sshArguments(...options), commandLine], (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
      });
      child.stdin?.end();
    });
  }

  /** Boots again, and returns as soon as it runs commands. */
  async reboot(): Promise<void> {
    const bootId = await this.output('cat /proc/sys/kernel/random/boot_id');
    await this.run('systemctl reboot');
    for (;;) {
      await wait(1000);
      await this.connectAgent();
      if ((await this.output('cat /proc/sys/kernel/random/boot_id')) !== bootId) return;
    }
  }

  /** Ends this machine with its state saved. */
  async save(): Promise<SavedMachine> {
    const { qmp } = this;
    if (!qmp) throw new Error('The machine does not run.');
    const memory = `${this.name}.memory`;
    await qmp.request('stop');
    await qmp.request('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
    await qmp.request('migrate', { uri: `exec:cat >'${memory}'` });
    for (;;) {
      const { status } = (await qmp.request('query-migrate')) as { status?: string };
      if (status === 'completed') break;
      if (status === 'failed') throw new Error('The machine cannot be saved.');
      await wait(POLL_MS);
    }
    await qmp.request('quit');
    await once(this.qemu, 'exit');
    this.close();
    return { resume: () => VirtualMachine.start(this, this.disk, 'qcow2', memory) };
  }

  /** Cuts the power; the result is the disk as it was at that moment. */
  async cutPower(): Promise<string> {
    this.close();
    if (this.qemu.kill('SIGKILL')) await once(this.qemu, 'exit');
    return this.disk;
  }

  private close(): void {
    this.qmp?.close();
    this.agent?.close();
  }

  private requireAgent(): JsonSocket {
    if (!this.agent) throw new Error('The machine runs no commands yet.');
    return this.agent;
  }

  private async continueFrom(): Promise<void> {
    for (;;) {
      const { status } = (await this.qmp?.request('query-status')) as { status: string };
      if (status !== 'inmigrate') break;
      await wait(POLL_MS);
    }
    await this.qmp?.request('cont');
  }

  private async connectAgent(): Promise<void> {
    this.agent?.close();
    for (const end = performance.now() + BOOT_SECONDS * 1000; ;) {
      const agent = await JsonSocket.connect(`${this.name}.agent`, 30);
      const id = Math.floor(Math.random() * 2 ** 31);
      if ((await agent.request('guest-sync', { id }, 2)) === id) {
        this.agent = agent;
        return;
      }
      agent.close();
      if (this.qemu.exitCode !== null || this.qemu.signalCode !== null) throw new Error('qemu has ended.');
      if (performance.now() > end) throw new Error(`The machine did not boot within ${BOOT_SECONDS} s.`);
    }
  }
}

/** A state to start machines from. */
export interface SavedMachine {
  resume(): Promise<VirtualMachine>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}
