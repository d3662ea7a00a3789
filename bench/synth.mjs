// `npm run bench:synth`: what keepalive adds to an app's synthesis and templates, beside what people write by hand and
// beside a library for SSM documents. The exit code says only whether everything ran: timing depends on the machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { printRatios, printTable } from './report.mjs';
import { medians } from './rounds.mjs';
import { PEER } from './synth/contestants.mjs';

const ROUNDS = Number(process.argv[2] ?? 20);
if (!(ROUNDS >= 1)) throw new Error(`The number of rounds must be at least 1, got: ${process.argv[2]}`);
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);

function child(script, ...args) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${ROOT}bench/synth/${script}`, ...args.map(String)],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** The peer, in the cache; it takes aws-cdk-lib from this repository, and so the same one as everybody. */
function fetchPeer() {
  if (existsSync(PEER.folder)) return;
  mkdirSync(`${ROOT}.cache`, { recursive: true });
  const partial = mkdtempSync(`${PEER.folder}.partial-`);
  try {
    writeFileSync(`${partial}/package.json`, '{"private":true}');
    const args = ['install', '--no-save', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
    const { status, stderr } = spawnSync('npm', [...args, PEER.specifier], { cwd: partial, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr.trim());
    renameSync(partial, PEER.folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

// --- What is added, which is the same in every run

const sized = (name, ...size) => child('app.mjs', name, ...size);
const added = (name, what, ...size) => sized(name, ...size)[what] - sized('without', ...size)[what];
const perInstance = (name, many, ...roles) =>
  Math.round((added(name, 'bytes', many, 1, ...roles) - added(name, 'bytes', 1, 1, ...roles)) / (many - 1));

progress('sizes');
const NEVER_MORE = [
  ...[
    [1, 1],
    [50, 1],
    [200, 1],
    [2000, 10],
  ].map(([instances, stacks]) => ({
    what: `resources that existingInstance adds to each stack, ${instances} instances`,
    got: added('existingInstance', 'resources', instances, stacks),
    atMost: 5,
  })),
  { what: 'bytes of template per further existingInstance', got: perInstance('existingInstance', 200), atMost: 120 },
  {
    what: 'the same where each instance has a role of its own',
    got: perInstance('existingInstance', 100, 'own-roles'),
    atMost: 120,
  },
  { what: 'bytes of template per further newInstance', got: perInstance('newInstance', 200), atMost: 1400 },
  {
    what: 'the same where each instance has a role of its own',
    got: perInstance('newInstance', 100, 'own-roles'),
    atMost: 1400,
  },
  { what: 'bytes of template per further instance by hand', got: perInstance('by hand', 200) },
  { what: 'resources by hand, 200 instances', got: added('by hand', 'resources', 200, 1) },
];

// --- How long it takes

const absent = [];
try {
  progress(`fetching ${PEER.name}`);
  fetchPeer();
} catch (error) {
  absent.push(`${PEER.name} is not compared: ${error.message}`);
}

const synthesis = (name, instances, stacks) => ({
  name: `${name}, ${instances}`,
  run: () => child('app.mjs', name, instances, stacks).ms,
});
const measure = (what, contestants, rounds) =>
  medians(contestants, rounds, (round) => progress(`${what}: round ${round} of ${rounds}`), Infinity);
const OURS = ['without', 'existingInstance', 'newInstance', 'by hand'];
const peers = absent.length > 0 ? [] : [PEER.name];
const SIZES = [
  { instances: 0, stacks: 1, names: ['without', 'document alone', ...peers], rounds: ROUNDS },
  { instances: 1, stacks: 1, names: OURS, rounds: ROUNDS },
  { instances: 50, stacks: 1, names: OURS, rounds: ROUNDS },
  { instances: 200, stacks: 1, names: OURS, rounds: ROUNDS },
  { instances: 2000, stacks: 10, names: OURS, rounds: Math.ceil(ROUNDS / 4) },
];
const result = {};
for (const { instances, stacks, names, rounds } of SIZES) {
  const contestants = names.map((name) => synthesis(name, instances, stacks));
  Object.assign(result, measure(`${instances} instances`, contestants, rounds));
}
const peerModule = peers.map(() => createRequire(`${PEER.folder}/package.json`).resolve('@cdklabs/cdk-ssm-documents'));
const loads = [
  { name: 'load cdk-ssh-keepalive', run: () => child('load.mjs', ROOT) },
  ...peerModule.map((path) => ({ name: `load ${PEER.name}`, run: () => child('load.mjs', path) })),
];
Object.assign(result, measure('loading', loads, ROUNDS));
NEVER_MORE.push({
  what: 'milliseconds that require() adds to aws-cdk-lib',
  got: Number(result['load cdk-ssh-keepalive'].toFixed(1)),
  atMost: 15,
});
progress('');

// --- Telling

const GOALS = [
  ...[1, 50, 200, 2000].flatMap((n) => [
    { of: `existingInstance, ${n}`, to: `without, ${n}`, atMost: 1.05 },
    { of: `newInstance, ${n}`, to: `without, ${n}`, atMost: 1.05 },
    { of: `by hand, ${n}`, to: `existingInstance, ${n}`, atLeast: 1 },
  ]),
  { of: `${PEER.name}, 0`, to: 'document alone, 0', atLeast: 1 },
  { of: `load ${PEER.name}`, to: 'load cdk-ssh-keepalive', atLeast: 1 },
].filter(({ of }) => of in result);

const system = `${type()} ${release()}`;
const cdk = createRequire(import.meta.url)('aws-cdk-lib/package.json').version;
console.log(`${cpus().length} CPUs, ${system}, Node ${process.version}, aws-cdk-lib ${cdk}, ${ROUNDS} rounds\n`);
printTable(result, 'without, 1');
console.log('\nRatios that count:');
const ratios = printRatios(result, GOALS);
console.log('\nWhat is added:');
for (const { what, got, atMost } of NEVER_MORE) {
  const wanted = atMost === undefined ? '' : ` (at most ${atMost}${got <= atMost ? '' : ': not reached'})`;
  console.log(`${String(got).padStart(7)}  ${what}${wanted}`);
}
for (const line of absent) console.log(`\n${line}`);
const rounded = Object.fromEntries(Object.entries(result).map(([name, ms]) => [name, Number(ms.toFixed(2))]));
const json = { system, cpus: cpus().length, node: process.version, cdk, rounds: ROUNDS, mediansMs: rounded, ratios };
console.log(`\n${JSON.stringify({ ...json, added: NEVER_MORE, absent })}`);
process.exitCode = absent.length > 0 ? 1 : 0;
