// What runs on the server, in a shell of this machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { controlScript, sessionScript } from '../../../bin/cli/probe/connections/remote-scripts';
import { describeWith } from '../../support/requirements';

const MEASUREMENT = '0123456789abcdef0123456789abcdef';
const WATCH_SECONDS = 1;

describeWith(['sshd'], 'The scripts on the server', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'scripts-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A script that is ready. It has a process group of its own, as sshd gives it. */
  async function start(script: string): Promise<ChildProcess> {
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn('sh', ['-c', script], { env, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return child;
  }

  const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

  async function end(child: ChildProcess): Promise<void> {
    for (let i = 0; !hasEnded(child) && i < 250; i++) await wait(20);
    expect(hasEnded(child)).toBe(true);
  }

  it('end all sessions when no ping comes, although the connections seem to live', async () => {
    const control = await start(controlScript(MEASUREMENT, WATCH_SECONDS));
    const session = await start(sessionScript(MEASUREMENT, '0'));
    await end(control);
    await end(session);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stay while pings come, and end with the input', async () => {
    const control = await start(controlScript(MEASUREMENT, WATCH_SECONDS));
    const session = await start(sessionScript(MEASUREMENT, '0'));
    const pings = setInterval(() => control.stdin?.write('ping\n'), 100);
    await wait(3_500);
    clearInterval(pings);
    expect([hasEnded(control), hasEnded(session)]).toEqual([false, false]);
    control.stdin?.end();
    await end(control);
    await end(session);
    expect(readdirSync(folder)).toEqual([]);
  });
});
