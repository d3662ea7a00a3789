// Commands in a process of their own, where a call of node:fs can fail or be the last one. Bundled, so that it is the code
// of now and not of the last build.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import type { Home } from './home';

const SOURCES = join(__dirname, '..', '..', '..', '..', 'bin', 'cli');

/** Counts the calls that change files in ~/.ssh; at one of them the process stops (SIGSTOP), dies, or the call fails: FAULT=<number>:<what>. */
const PRELOAD = `
const fs = require('node:fs');
const [wanted, what] = (process.env.FAULT ?? '0:none').split(':');
const paths = new Map();
let count = 0;
const isOurs = (path) => (typeof path === 'number' ? paths.has(path) : String(path).includes('/.ssh'));
for (const name of ['mkdirSync', 'openSync', 'writeFileSync', 'fchownSync', 'fchmodSync', 'fsyncSync', 'renameSync', 'rmSync', 'linkSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (!isOurs(args[0]) && !isOurs(args[1])) return real(...args);
    if (++count === Number(wanted)) {
      if (what === 'SIGSTOP') process.kill(process.pid, 'SIGSTOP');
      else if (name === 'writeFileSync') real(args[0], args[1].slice(0, args[1].length / 2), args[2]);
      if (what === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
      if (what !== 'SIGSTOP') throw Object.assign(new Error(what + ': injected'), { code: what });
    }
    const result = real(...args);
    if (name === 'openSync') paths.set(result);
    return result;
  };
}
process.on('exit', () => process.stderr.write('calls ' + count + '\\n'));
`;

const MAIN = `
import { install } from ${JSON.stringify(join(SOURCES, 'client', 'commands', 'install.ts'))};
import { thisPlatform } from ${JSON.stringify(join(SOURCES, 'shared', 'platform.ts'))};
const { home, interval, prompt } = JSON.parse(process.argv[2]);
const confirm = async () => { process.kill(process.pid, 'SIGSTOP'); return true; };
const terminal = { interactive: prompt, color: false, out: () => {}, note: () => {}, confirm };
const request = { windows: false, json: false, override: false, yes: !prompt, dryRun: false,
  snippet: { hosts: [], interval, countMax: 5, origin: 'a test' } };
install(request, terminal, { ...thisPlatform(), home, systemConfig: undefined }).then(
  (code) => (process.exitCode = code),
  (error) => { console.error(error.message); process.exitCode = error.exitCode ?? 99; },
);
`;

/** How it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** The calls that changed something in ~/.ssh. */
  readonly calls: number;
}

/** What may be different in a run. */
export interface ChildOptions {
  /** `<number>:<what>`: what happens at which call. */
  readonly fault?: string;
  readonly interval?: number;
  /** Prompts, stops at the prompt, and answers yes when it is continued; without it, `--yes`. */
  readonly prompt?: boolean;
}

/** A running `install`. */
export interface Child {
  readonly ended: Promise<Ended>;
  /** Resolves when the process is stopped. */
  stopped(): Promise<void>;
  continue(): void;
}

/** Makes `install` runnable in processes of their own. */
export function installer(home: Home): (options?: ChildOptions) => Child {
  const preload = home.write('bundle/preload.cjs', PRELOAD);
  const main = join(home.path, 'bundle', 'main.cjs');
  buildSync({
    stdin: { contents: MAIN, resolveDir: SOURCES, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: main,
  });
  return ({ fault = '0:none', interval = 60, prompt = false } = {}) => {
    const child = spawn(
      process.execPath,
      ['--require', preload, main, JSON.stringify({ home: home.path, interval, prompt })],
      {
        env: { ...process.env, FAULT: fault, TMPDIR: join(home.path, 'bundle') },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    return {
      ended: new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, signal) =>
          resolve({ code, signal, stderr, calls: Number(/^calls (\d+)$/m.exec(stderr)?.[1] ?? Number.NaN) }),
        );
      }),
      stopped: async () => {
        const state = (): string => spawnSync('ps', ['-o', 'stat=', '-p', `${child.pid}`], { encoding: 'utf8' }).stdout;
        while (!state().startsWith('T')) {
          if (child.exitCode !== null) throw new Error(`it has ended instead: ${stderr}`);
          await setTimeout(20);
        }
      },
      continue: () => void child.kill('SIGCONT'),
    };
  };
}
