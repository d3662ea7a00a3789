// `npm run test:compat`: the tests on the lowest and the newest peers, and those of what runs at our users' on the lowest
// Node and on later ones. In copies of the working tree under .cache/compat/, so that node_modules here stays as it is.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.cache', 'compat');
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const PEERS = Object.keys(MANIFEST.peerDependencies);

/** Left out on other versions of Node: what sh, sshd, ssh and tsc do is the same on each. */
const NOT_OF_NODE = [
  'rehearsal/',
  'test-bed/',
  'server/document-script',
  'server/first-boot-snippet',
  'readme',
  '.*real-ssh',
];
const AT_RUN_TIME = [
  '--testPathIgnorePatterns',
  ...MANIFEST.jest.testPathIgnorePatterns.map((pattern) => pattern.replace('<rootDir>', '')),
  ...NOT_OF_NODE.map((path) => `/test/${path}`),
];

/** For test/newest/, which needs the newest peers: cdk-nag 3 asks for aws-cdk-lib 2.257. */
const ON_THE_NEWEST = { 'cdk-nag': '3.0.2' };

const quick = process.argv.includes('--quick');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--quick');
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(' ')}. --quick leaves out what npm test runs: all tests on the lowest peers.`);
  process.exit(2);
}

/** The lowest version that a range of ours allows. */
function floorOf(range) {
  const [, version] = /^(?:\^|>=)(\d+(?:\.\d+){1,2})$/.exec(range) ?? [];
  if (!version) throw new Error(`package.json: ${range} must be ^ or >= and a version`);
  return version.split('.').length === 2 ? `${version}.0` : version;
}

function run(command, args, options = {}) {
  // node_modules/.bin of this folder is on the search path of an npm script, and must not be found from a copy.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(ROOT));
  const env = { ...process.env, PATH: path.join(delimiter), JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
    env: { ...env, ...options.env },
  });
  if (result.error) throw result.error;
  return result;
}

function must(command, args, options) {
  const { status, stdout, stderr } = run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** What the registry calls the newest, now. */
function newest(name) {
  return JSON.parse(must('npm', ['view', `${name}@latest`, 'version', '--json']));
}

/** A copy of the working tree with these peers installed, built. */
function copyWith(name, peers) {
  const copy = join(CACHE, name);
  mkdirSync(copy, { recursive: true });
  for (const entry of readdirSync(copy)) {
    if (!['node_modules', 'installed', '.cache'].includes(entry)) rmSync(join(copy, entry), { recursive: true });
  }
  const files = must('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT }).split(
    '\0',
  );
  for (const file of files.filter((path) => path && existsSync(join(ROOT, path))))
    cpSync(join(ROOT, file), join(copy, file));
  const specs = Object.entries(peers).map(([peer, version]) => `${peer}@${version}`);
  const stamp = createHash('sha256')
    .update(readFileSync(join(copy, 'package-lock.json')))
    .update(specs.join())
    .digest('hex');
  const installed = join(copy, 'installed');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== stamp) {
    must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: copy });
    must('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...specs], { cwd: copy });
    writeFileSync(installed, stamp);
  }
  for (const [peer, version] of Object.entries(peers)) {
    const found = createRequire(join(copy, 'package.json'))(`${peer}/package.json`).version;
    if (found !== version) throw new Error(`${name}: asked for ${peer} ${version}, found ${found}`);
  }
  must('npm', ['run', '--silent', 'build'], { cwd: copy });
  return copy;
}

/** The binary of a version of Node, from the npm package that holds nothing else. */
function nodeBinary(version) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const packageName = `node-${platform}-${process.arch}`;
  const folder = join(CACHE, `node-${version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  must('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `${packageName}@${version}`], {
    cwd: folder,
  });
  return join(folder, 'node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Runs jest in a copy and returns one line of the table. */
function test({ copy, peers, node, what, options }) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const start = Date.now();
  const { stdout, stderr } = run(
    node,
    ['node_modules/jest/bin/jest.js', '--json', '--outputFile', report, '--silent', ...options],
    {
      cwd: copy,
      env: {
        // Every program that a test starts finds this node.
        PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
        CI: 'true',
        // What is deprecated throws, and so fails the test that used it.
        JSII_DEPRECATED: 'fail',
      },
    },
  );
  if (!existsSync(report)) throw new Error(`${what} on Node ${node}: jest did not run:\n${stdout}${stderr}`);
  const {
    success,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
  } = JSON.parse(readFileSync(report, 'utf8'));
  if (!success || passed === 0) process.stderr.write(stderr);
  const seconds = `${Math.round((Date.now() - start) / 1000)} s`;
  const nodeVersion = must(node, ['--version']).trim().slice(1);
  return {
    ok: success && passed > 0,
    cells: [
      ...PEERS.map((peer) => peers[peer]),
      nodeVersion,
      what,
      String(passed),
      String(failed),
      String(skipped),
      seconds,
    ],
  };
}

function printTable(rows) {
  const lines = [[...PEERS, 'Node', 'tests', 'passed', 'failed', 'skipped', 'time'], ...rows.map(({ cells }) => cells)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

const lowest = Object.fromEntries(PEERS.map((peer) => [peer, floorOf(MANIFEST.peerDependencies[peer])]));
for (const [peer, version] of Object.entries(lowest)) {
  if (MANIFEST.devDependencies[peer] === version) continue;
  throw new Error(
    `package.json: devDependencies must pin ${peer} to ${version}, the lowest that peerDependencies allow`,
  );
}
const latest = Object.fromEntries(PEERS.map((peer) => [peer, newest(peer)]));
const nodes = [floorOf(MANIFEST.engines.node), '22', '24'].map(nodeBinary);

const low = { copy: copyWith('lowest', lowest), peers: lowest };
const high = { copy: copyWith('newest', { ...latest, ...ON_THE_NEWEST }), peers: latest };
must('npm', ['run', '--silent', 'typecheck'], { cwd: high.copy });
must('npx', ['tsc', '-p', 'test/newest'], { cwd: high.copy });
const all = { what: 'all', options: [], node: process.execPath };
const part = { what: 'run time', options: AT_RUN_TIME };
const runs = [
  ...(quick ? [] : [{ ...low, ...all }]),
  { ...high, ...all },
  { ...high, ...all, what: 'test/newest', options: ['test/newest', '--testPathIgnorePatterns=/node_modules/'] },
  // The lowest with the lowest, the newest with the newest.
  { ...low, ...part, node: nodes[0] },
  ...nodes.slice(1).map((node) => ({ ...high, ...part, node })),
];
const rows = [];
for (const one of runs) {
  const row = test(one);
  rows.push(row);
  process.stderr.write(`${row.cells.join('  ')}\n`);
}
printTable(rows);
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
