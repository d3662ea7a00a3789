// A machine in qemu that boots a disk image, with KVM or, where that does not work, emulated. It can be saved, and continued
// from that state as often as needed. A killed qemu is a power cut.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SHELL_PORT } from './debian-root';
import type { DiskImage } from './disk-image';
import { QmpSocket } from './qmp-socket';
import { scratchFolder } from './scratch-folder';
import { makeSeed } from './user-data';

/** An emulated machine boots in about two minutes; the rest is patience with a busy one. */
const BOOT_SECONDS = 600;
const POLL_MS = 100;
/** How often a machine looks by itself whether something has happened, before it is asked again. */
const TRIES_INSIDE = 20;
const COMMAND_SECONDS = 400;
const PROBE_SECONDS = 30;
const MEMORY_MB = 400;

/** The machine does not run commands, yet or any more. */
class NoAnswer extends Error {}

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
    const ports = [await freePort(), await freePort()] as const;
    const machine = new VirtualMachine(fixed, name, disk, ports, memory);
    try {
      machine.qmp = await QmpSocket.connect(`${name}.qmp`, 30);
      await machine.qmp.request('qmp_capabilities');
      if (memory !== undefined) await machine.continueFrom();
      await machine.waitFor('true');
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
  private readonly sshPort: number;
  private readonly shellPort: number;
  private readonly qemu: ChildProcess;
  private qmp?: QmpSocket;

  private constructor(
    fixed: Pick<VirtualMachine, 'image' | 'folder' | 'seed' | 'key'>,
    private readonly name: string,
    private readonly disk: string,
    [sshPort, shellPort]: readonly [number, number],
    memory: string | undefined,
  ) {
    [this.sshPort, this.shellPort] = [sshPort, shellPort];
    ({ image: this.image, folder: this.folder, seed: this.seed, key: this.key } = fixed);
    const { kernel, initrd, fileSystem } = this.image;
    const options = [
      ...['-nodefaults', '-nographic', '-no-user-config', '-machine', 'pc', '-m', `${MEMORY_MB}`],
      // Emulated, a machine with a newer processor or chipset takes half as long again to boot.
      ...['-accel', HAS_KVM ? 'kvm' : 'tcg', '-cpu', 'Nehalem'],
      ...['-kernel', kernel, '-initrd', initrd, '-append'],
      `root=/dev/vda rw rootfstype=${fileSystem} console=ttyS0 ds=nocloud net.ifnames=0 mitigations=off`,
      // Real flushes: what the guest has not flushed can be lost with the power. It is in the guest's page cache, which ends
      // with qemu, or in clusters that are new in this overlay, whose places qemu writes only when the guest flushes its disk.
      ...['-drive', `file=${disk},format=qcow2,if=virtio,cache=writeback`],
      ...['-drive', `file=${this.seed},format=raw,if=virtio,readonly=on`],
      ...['-netdev', `user,id=net,restrict=on,${forward(sshPort, 22)},${forward(shellPort, SHELL_PORT)}`],
      ...['-device', 'virtio-net-pci,netdev=net,romfile=', '-device', 'virtio-rng-pci'],
      ...['-serial', `file:${name}.console`, '-qmp', `unix:${name}.qmp,server=on,wait=off`],
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

  /** Runs a command line as root, in a service: not through sshd. */
  async run(commandLine: string, input = '', seconds = COMMAND_SECONDS): Promise<Outcome> {
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    const socket = connect({ host: '127.0.0.1', port: this.shellPort });
    socket.end(
      `echo ${encode(commandLine)} | base64 -d >/run/command.$$
      echo ${encode(input)} | base64 -d | sh /run/command.$$
      echo "exit status $?"
      rm /run/command.$$
      `,
    );
    // A machine that boots meanwhile forgets the connection.
    socket.setTimeout(seconds * 1000, () => socket.destroy());
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    const [, stdout, status] = /^([^]*)exit status (\d+)\n$/.exec(Buffer.concat(chunks).toString()) ?? [];
    if (stdout === undefined) throw new NoAnswer(`The machine does not answer: ${commandLine}`);
    return { status: Number(status), stdout, stderr: '' };
  }

  /** As `run`, for a command that must succeed; its output without the last newline. */
  async output(commandLine: string, input = ''): Promise<string> {
    const { status, stdout, stderr } = await this.run(commandLine, input);
    if (status !== 0) throw new Error(`${commandLine}: exit status ${status}\n${stdout}${stderr}`);
    return stdout.trimEnd();
  }

  /** Waits until a command succeeds. */
  async waitFor(commandLine: string): Promise<void> {
    // Most of the waiting is done inside: on an emulated machine, a command from outside is slower than a pass of a loop.
    const tries = `tries=${TRIES_INSIDE}; until ${commandLine}; do tries=$((tries - 1)); [ $tries -gt 0 ] || exit 1; sleep 0.5; done`;
    for (const end = performance.now() + BOOT_SECONDS * 1000; !(await this.succeeds(tries)); await wait(POLL_MS)) {
      if (this.qemu.exitCode !== null || this.qemu.signalCode !== null) throw new Error('qemu has ended.');
      if (performance.now() > end) throw new Error(`This did not become true within ${BOOT_SECONDS} s: ${commandLine}`);
    }
  }

  /** The arguments of an `ssh` that logs in as root. */
  sshArguments(...options: string[]): string[] {
    return [
      ...['-F', '/dev/null', '-i', this.key, '-p', `${this.sshPort}`, '-o', 'StrictHostKeyChecking=no'],
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
    const bootId = 'cat /proc/sys/kernel/random/boot_id';
    const before = await this.output(bootId);
    await this.output('systemctl reboot --no-block');
    await this.waitFor(`[ "$(${bootId})" != ${before} ]`);
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
    this.qmp?.close();
    return { resume: () => VirtualMachine.start(this, this.disk, 'qcow2', memory) };
  }

  /** What the disk would be if the power were cut now. The machine does not notice. */
  copyDisk(): string {
    const copy = `${this.disk}.copy`;
    // qemu would flush a machine that it pauses itself.
    this.qemu.kill('SIGSTOP');
    copyFileSync(this.disk, copy);
    this.qemu.kill('SIGCONT');
    return copy;
  }

  /** Cuts the power; the result is the disk as it was at that moment. */
  async cutPower(): Promise<string> {
    this.qmp?.close();
    if (this.qemu.kill('SIGKILL')) await once(this.qemu, 'exit');
    return this.disk;
  }

  /** A machine that boots does not answer yet. */
  private async succeeds(commandLine: string): Promise<boolean> {
    try {
      return (await this.run(commandLine, '', PROBE_SECONDS)).status === 0;
    } catch (error) {
      if (error instanceof NoAnswer) return false;
      throw error;
    }
  }

  private async continueFrom(): Promise<void> {
    for (;;) {
      const { status } = (await this.qmp?.request('query-status')) as { status: string };
      if (status !== 'inmigrate') break;
      await wait(POLL_MS);
    }
    await this.qmp?.request('cont');
  }
}

/** A state to start machines from. */
export interface SavedMachine {
  resume(): Promise<VirtualMachine>;
}

const forward = (port: number, to: number): string => `hostfwd=tcp:127.0.0.1:${port}-:${to}`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}
