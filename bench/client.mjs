// `npm run bench:client`: what the command line costs on a large ~/.ssh/config, beside the ssh that it has to ask and
// beside a library that only parses and prints. The exit code says only whether everything ran: timing depends on the
// machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printRatios, printTable } from './report.mjs';
import { medians } from './rounds.mjs';

const ROUNDS = Number(process.argv[2] ?? 20);
if (!(ROUNDS >= 1)) throw new Error(`The number of rounds must be at least 1, got: ${process.argv[2]}`);
const CLI = fileURLToPath(new URL('../bin/cdk-ssh-keepalive.js', import.meta.url));
const PEER = 'ssh-config@5.3.0';
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);

const folder = mkdtempSync(join(tmpdir(), 'bench-client-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** A configuration as generators write them. */
function config(hosts) {
  const sections = Array.from({ length: hosts }, (_, i) => {
    const address = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    return `Host web-${i} w${i}\n  HostName ${address}\n  User ec2-user\n  Port 22\n  IdentityFile ~/.ssh/id_ed25519\n\n`;
  });
  const path = join(folder, `config-${hosts}`);
  writeFileSync(path, `${sections.join('')}Host *\n  ForwardAgent no\n`, { mode: 0o600 });
  return path;
}

/** Fetched once, into the cache; nothing of it becomes a dependency. */
function fetchPeer() {
  const cache = fileURLToPath(new URL(`../.cache/bench-${PEER.replace('@', '-')}/`, import.meta.url));
  const module = join(cache, 'node_modules', 'ssh-config');
  if (existsSync(module)) return module;
  mkdirSync(cache, { recursive: true });
  const args = ['install', '--prefix', cache, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', PEER];
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim());
  return module;
}

function run(command, args, expected = 0) {
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
  const time = Number(process.hrtime.bigint() - start) / 1e6;
  if (error) throw error;
  if (status !== expected) throw new Error(`${command} ${args.join(' ')}: exit ${status}: ${stderr}`);
  return time;
}

if (!existsSync(CLI)) throw new Error(`${CLI} is missing: npm run build`);
const [thousand, tenThousand] = [config(1_000), config(10_000)];
const contestant = (name, command, args, expected) => ({
  name,
  prepare: () => undefined,
  run: () => run(command, args, expected),
});
// 1: there would be a difference.
const dryRun = (file) => [CLI, 'client', 'install', '--dry-run', '--config', file];
const contestants = [
  contestant('node -e 0', process.execPath, ['-e', '0']),
  contestant('--version', process.execPath, [CLI, '--version']),
  contestant('ssh -G, 1,000 hosts', 'ssh', ['-G', '-F', thousand, 'nobody']),
  contestant('ssh -G, 10,000 hosts', 'ssh', ['-G', '-F', tenThousand, 'nobody']),
  contestant('install --dry-run, 1,000 hosts', process.execPath, dryRun(thousand), 1),
  contestant('install --dry-run, 10,000 hosts', process.execPath, dryRun(tenThousand), 1),
];
const absent = [];
try {
  progress('fetching');
  const program = `const { default: S } = require(${JSON.stringify(fetchPeer())});
    process.stdout.write(S.stringify(S.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))));`;
  contestants.push(
    contestant('ssh-config parse + stringify, 10,000 hosts', process.execPath, ['-e', program, tenThousand]),
  );
} catch (error) {
  absent.push(`ssh-config is not compared: ${error.message}`);
}

const result = medians(contestants, ROUNDS, (round) => progress(`round ${round} of ${ROUNDS}`));
progress('');

const withoutStart = (name) => Math.max(0, result[name] - result['--version']);
const derived = {
  ...result,
  'install, 1,000 hosts, without the start': withoutStart('install --dry-run, 1,000 hosts'),
  'install, 10,000 hosts, without the start': withoutStart('install --dry-run, 10,000 hosts'),
};
const GOALS = [
  { of: '--version', to: 'node -e 0', atMost: 1.4 },
  { of: 'install, 10,000 hosts, without the start', to: 'ssh -G, 10,000 hosts', atMost: 3 },
  { of: 'install, 10,000 hosts, without the start', to: 'install, 1,000 hosts, without the start', atMost: 10 },
  { of: 'ssh-config parse + stringify, 10,000 hosts', to: 'install --dry-run, 10,000 hosts', atLeast: 1 },
].filter(({ of }) => of in derived);

const version = spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr.trim();
const system = /^PRETTY_NAME="?([^"\n]+)/m.exec(
  existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
)?.[1];
console.log(
  `${cpus().length} CPUs, ${system ?? process.platform}, ${version}, Node ${process.version}, ${ROUNDS} rounds\n`,
);
printTable(derived, 'node -e 0');
console.log('\nRatios that count:');
const ratios = printRatios(derived, GOALS);
for (const line of absent) console.log(`\n${line}`);
const rounded = Object.fromEntries(Object.entries(derived).map(([name, ms]) => [name, Number(ms.toFixed(3))]));
console.log(
  `\n${JSON.stringify({ system, cpus: cpus().length, ssh: version, node: process.version, rounds: ROUNDS, mediansMs: rounded, ratios, absent })}`,
);
process.exitCode = absent.length > 0 ? 1 : 0;
