// The whole of npm start, as the build left it.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith } from '../support/requirements';

const MAIN = join(__dirname, '..', '..', 'bin', 'rehearsal', 'main.js');

describe('npm start', () => {
  it('explains itself to those who ask, and to those who mistype', () => {
    const asked = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' });
    expect(asked).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('--real-time') as string });
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

  it('drops the session without keepalives alone, tells it as one JSON object, and leaves nothing behind', () => {
    const env = { ...process.env, TMPDIR: temporary };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--json'], { encoding: 'utf8', env });
    expect(stderr).toBe('');
    const fate = (dropped: boolean): object => ({
      dropped,
      idleSeconds: expect.any(Number) as number,
      sshMessage: null,
    });
    expect(JSON.parse(stdout)).toEqual({
      scale: 30,
      sshd: expect.stringMatching(/^OpenSSH_\d/) as string,
      combinations: { neither: fate(true), server: fate(false), client: fate(false), both: fate(false) },
    });
    expect(status).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  }, 60_000);

  it('cleans up when it is interrupted', async () => {
    const child = spawn(process.execPath, [MAIN], { env: { ...process.env, TMPDIR: temporary } });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    let story = '';
    child.stdout.on('data', (data: Buffer) => (story += data.toString()));
    while (!story.includes('nobody types') && child.exitCode === null) await sleep(50);
    expect(readdirSync(temporary)).toHaveLength(2);
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
  }, 60_000);
});
