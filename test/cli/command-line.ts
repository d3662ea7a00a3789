// Runs the bundled command line as its users do, in a home of its own, with nothing of this machine's AWS configuration.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file that the build makes. */
export const BUNDLE = join(__dirname, '..', '..', 'bin', 'cdk-ssh-keepalive.js');

/** How a run ended. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What may be different in a run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A home folder, empty at first, and runs in it. */
export class Home {
  public readonly folder = mkdtempSync(join(tmpdir(), 'command-line-'));

  public path(name: string): string {
    return join(this.folder, name);
  }

  /** The environment of every run: nothing is inherited but the PATH. */
  public get env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      AWS_CONFIG_FILE: this.path('aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: this.path('aws-credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Not synchronous: what it talks to may live in this process. */
  public async run(args: readonly string[], { env = {}, input = '' }: RunOptions = {}): Promise<Run> {
    const child = spawn(process.execPath, [BUNDLE, ...args], { cwd: this.folder, env: { ...this.env, ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, stdout, stderr };
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
