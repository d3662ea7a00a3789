// A home of its own for every test, with an ssh that is the real one, a person at a terminal who is not, and requests.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { check } from '../../../../bin/cli/client/commands/check/check';
import { diff } from '../../../../bin/cli/client/commands/diff';
import { install } from '../../../../bin/cli/client/commands/install';
import { type Platform, thisPlatform } from '../../../../bin/cli/shared/platform';
import type { InstallRequest } from '../../../../bin/cli/client/commands/request';
import { show } from '../../../../bin/cli/client/commands/show';
import { uninstall } from '../../../../bin/cli/client/commands/uninstall';
import { CliError, type ExitCode } from '../../../../bin/cli/shared/exit-code';
import type { Snippet } from '../../../../bin/cli/client/snippet/snippet';
import type { Terminal } from '../../../../bin/cli/shared/terminal';
import { bounded } from '../../../../lib/client/bounded-text';
import type { Host } from '../../../../lib/client/host-block';

/** What comes when nothing is asked for. */
export const DEFAULTS: Snippet = { hosts: [], interval: 60, countMax: 5, origin: 'the defaults' };

/** A host of a snippet. */
export function host(
  patterns: string,
  values: Partial<Record<'hostName' | 'user' | 'identityFile' | 'proxyCommand', string>>,
): Host {
  const { hostName, user, identityFile, proxyCommand } = values;
  return {
    patterns: patterns.split(' '),
    ...(hostName === undefined ? {} : { hostName: bounded(hostName) }),
    ...(user === undefined ? {} : { user }),
    ...(identityFile === undefined ? {} : { identityFile }),
    ...(proxyCommand === undefined ? {} : { proxyCommand: bounded(proxyCommand) }),
  };
}

/** How a command ended. */
export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly notes: string;
  /** The message of a CliError. */
  readonly error: string | undefined;
}

/** What may be asked for besides. */
export interface Wishes extends Partial<InstallRequest> {
  readonly hosts?: readonly string[];
  /** What the person answers; nobody is there without it. */
  readonly answer?: boolean;
  readonly platform?: Partial<Platform>;
}

const COMMANDS = { show, diff, install, uninstall, check };

/** A home in a temporary folder; everything in it is removed with it. */
export class Home {
  public readonly path = mkdtempSync(join(tmpdir(), 'client-home-'));
  public readonly config = join(this.path, '.ssh', 'config');
  /** What was asked. */
  public readonly questions: string[] = [];
  /** What ssh was asked, as arguments. */
  public readonly asked: (readonly string[])[] = [];

  /** Writes a file below the home. */
  public write(name: string, content: string | Buffer, mode = 0o600): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  /** Writes ~/.ssh/config. */
  public configure(content: string | Buffer, mode?: number): void {
    this.write('.ssh/config', content, mode);
  }

  /** The bytes of ~/.ssh/config; undefined when it is not there. */
  public bytes(): Buffer | undefined {
    return existsSync(this.config) ? readFileSync(this.config) : undefined;
  }

  /** ~/.ssh/config as text. */
  public text(): string {
    return readFileSync(this.config, 'utf8');
  }

  /** What is in ~/.ssh, hidden files too. */
  public files(): string[] {
    return readdirSync(join(this.path, '.ssh')).sort();
  }

  /** Runs a command; a CliError becomes its code and message. */
  public async run(command: keyof typeof COMMANDS, wishes: Wishes = {}): Promise<Outcome> {
    const { answer, platform: changes, ...rest } = wishes;
    const written = { out: '', notes: '' };
    const terminal: Terminal = {
      interactive: answer !== undefined,
      color: false,
      out: (text) => void (written.out += text),
      note: (line) => void (written.notes += `${line}\n`),
      confirm: (question) => {
        this.questions.push(question);
        return Promise.resolve(answer ?? false);
      },
    };
    const request = {
      windows: false,
      json: false,
      yes: answer === undefined,
      dryRun: false,
      snippet: DEFAULTS,
      hosts: [],
      ...rest,
    };
    try {
      return { code: await COMMANDS[command](request, terminal, this.platform(changes)), ...written, error: undefined };
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return { code: error.exitCode, ...written, error: error.message };
    }
  }

  /** This machine with another home and no configuration of its system. */
  public platform(changes: Partial<Platform> = {}): Platform {
    const real = thisPlatform();
    return {
      ...real,
      home: this.path,
      env: { ...real.env, HOME: this.path },
      systemConfig: undefined,
      run: (command, args, options) => {
        this.asked.push(args);
        return real.run(command, args, options);
      },
      ...changes,
    };
  }

  /** Two values of the real ssh for a name, as `60/5`. */
  public async keepalive(name: string, config = this.config): Promise<string> {
    const value = (key: string, text: string): string | undefined => new RegExp(`^${key} (.*)$`, 'm').exec(text)?.[1];
    const { status, stdout, stderr } = await thisPlatform().run('ssh', ['-G', '-F', config, name]);
    if (status !== 0) throw new Error(stderr);
    return `${value('serveraliveinterval', stdout)}/${value('serveralivecountmax', stdout)}`;
  }

  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
