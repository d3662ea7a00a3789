// The whole of npm start, as built.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Recording } from '../../bin/rehearsal/recording';
import { describeWith } from '../support/requirements';

const MAIN = join(__dirname, '..', '..', 'bin', 'rehearsal', 'main.js');

describe('npm start', () => {
  it('prints its usage for --help and for an unknown option', () => {
    const help = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' });
    expect(help).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('--real-time') as string });
    const mistyped = spawnSync(process.execPath, [MAIN, '--realtime'], { encoding: 'utf8' });
    expect(mistyped).toMatchObject({ status: 2, stdout: '' });
    expect(mistyped.stderr).toMatch(/'--realtime'[^]*Usage:/);
  });
});

describeWith(['sshd', 'ssh'], 'npm start', () => {
  let temporary: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'main-'));
    chmodSync(temporary, 0o755);
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  it('drops only the session without keepalives, records when each keepalive was sent, and leaves nothing behind', () => {
    const env = { ...process.env, TMPDIR: temporary };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--json'], { encoding: 'utf8', env });
    expect(stderr).toBe('');
    const { sessions, ...run } = JSON.parse(stdout) as Recording;
    expect(run).toEqual({
      scale: 30,
      sshd: expect.stringMatching(/^OpenSSH_\d/) as string,
      path: { forgetsAfterSeconds: 120 },
      idleSeconds: 300,
    });
    expect(sessions.map(({ combination, result }) => [combination, result])).toEqual([
      ['neither', 'dropped'],
      ['server', 'alive'],
      ['client', 'alive'],
      ['both', 'alive'],
    ]);
    const typesOf = sessions.map(({ events }) => [...new Set(events.map(({ type }) => type))]);
    expect(typesOf.slice(0, 3)).toEqual([['path-forgets'], ['server-keepalive'], ['client-keepalive']]);
    // Every 60 s of the rehearsal.
    for (const { events } of sessions.slice(1)) expect(events.length).toBeGreaterThanOrEqual(4);
    expect(status).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  }, 60_000);

  it('cleans up when it is interrupted', async () => {
    const child = spawn(process.execPath, [MAIN], { env: { ...process.env, TMPDIR: temporary } });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    while (!output.includes('Four idle sessions') && child.exitCode === null) await sleep(50);
    expect(readdirSync(temporary)).toHaveLength(2);
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
  }, 60_000);
});
