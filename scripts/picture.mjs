// `npm run picture`: draws the pictures in docs/ from real runs of the commands.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeLanes, lanesSvg } from './lanes-svg.mjs';
import { terminalSvg } from './terminal-svg.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function draw(name, title, lines) {
  writeFileSync(join(root, 'docs', `${name}.svg`), terminalSvg(title, lines));
}

function rehearsal(...args) {
  const env = { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' };
  const run = spawnSync(process.execPath, ['bin/rehearsal/main.js', ...args], { cwd: root, encoding: 'utf8', env });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  return run.stdout;
}

/** Three commands at a real terminal, with an example file in the place of ~/.ssh/config. */
async function client() {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  const config = join(folder, 'config');
  writeFileSync(config, 'Host web\n  HostName 203.0.113.7\n\nHost db\n  User admin\n  ServerAliveInterval 30\n', {
    mode: 0o600,
  });
  try {
    const lines = [];
    for (const command of ['check', 'install', 'check']) {
      const screen = await atTerminal(
        `'${process.execPath}' bin/cdk-ssh-keepalive.js client ${command} --config '${config}'`,
      );
      lines.push(`$ npx cdk-ssh-keepalive client ${command}`, ...screen.trimEnd().split('\r\n'), '');
    }
    return lines
      .slice(0, -1)
      .map((line) =>
        line.replace(` --config ${config}`, '').replaceAll(config, '~/.ssh/config').replaceAll(folder, '~/.ssh'),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The screen of a terminal, made by `script` of util-linux; answers yes to the question. */
function atTerminal(command) {
  const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: '' };
  const child = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], { cwd: root, env });
  let screen = '';
  child.stdout.on('data', (data) => {
    screen += data;
    if (screen.endsWith('[y/N] ')) child.stdin.write('y\r');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(screen));
  });
}

draw(
  'client',
  'npx cdk-ssh-keepalive client: check tells which hosts drop, install shows a difference and asks, check is content',
  await client(),
);
draw('rehearsal', 'npm start: of four idle SSH sessions only the one without keepalives is dropped', [
  '$ npm start',
  '',
  ...rehearsal().trimEnd().split('\n'),
]);
const recording = JSON.parse(rehearsal('--json'));
for (const theme of ['light', 'dark'])
  writeFileSync(join(root, 'docs', `lanes-${theme}.svg`), lanesSvg(recording, theme));
console.log(`Text alternative: ${describeLanes(recording)}`);
