// `npm run picture:proof`: draws the picture of docs/proof.md from a run of test/nat.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeLanes, lanesSvg } from './lanes-svg.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'proof-'));

/** What the test recorded, in the form of a rehearsal: the sessions in which the client speaks first after the silence. */
function recordRun() {
  const file = join(folder, 'recording.json');
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = ['--testPathIgnorePatterns', '/node_modules/', '--', 'test/nat/trixie'];
  const run = spawnSync(process.execPath, [jest, '-t', 'a strict router', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CI: 'true', NAT_RECORDING: file },
  });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  const { sshd, forgetsAfterSeconds, idleSeconds, sessions, alive } = JSON.parse(readFileSync(file, 'utf8'));
  const lanes = sessions
    .filter(({ label }) => label.startsWith('client '))
    .map(({ label, events }) => {
      const name = label.replace('client ', '');
      return { label: name, events, result: alive.client.includes(name) ? 'alive' : 'dropped' };
    });
  return { sshd, path: { forgetsAfterSeconds }, idleSeconds: Math.floor(idleSeconds), sessions: lanes };
}

try {
  const recording = recordRun();
  for (const theme of ['light', 'dark'])
    writeFileSync(join(root, 'docs', `nat-${theme}.svg`), lanesSvg(recording, theme));
  console.log(`Text alternative: ${describeLanes(recording)}`);
} finally {
  rmSync(folder, { recursive: true });
}
