// `npm run bench:fleet`: what the command line takes for 100, 1,000 and 10,000 simulated nodes, beside the loop that people
// write, with one call for each node. The service is the tests' fake, with a delay for each answer. The exit code says only
// whether everything ran: timing depends on the machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { loadFromTest } from './load-from-test.mjs';

const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 1_000, 10_000];
if (!SIZES.every((size) => size >= 1))
  throw new Error(`The numbers of nodes must be at least 1, got: ${process.argv.slice(2)}`);
const LATENCY_MS = 5;
const RUN_MS = 50;
/** In megabytes, for any number of nodes. */
const MOST_MEMORY = 150;
const root = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(root, 'bin', 'cdk-ssh-keepalive.js');
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);

const temporary = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const { FakeSystemsManager, SimulatedMachine, deployToFake } = loadFromTest(
  'support',
  `export { FakeSystemsManager } from './fake-ssm/fake-ssm';
   export { SimulatedMachine } from './fake-ssm/simulated-machine';
   export { deployToFake } from './deploy-to-fake';`,
);

// The peak of the resident memory, which a process knows only of itself.
const memoryFile = join(temporary, 'memory');
const preload = join(temporary, 'preload.cjs');
writeFileSync(
  preload,
  `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(memoryFile)}, String(process.resourceUsage().maxRSS)));`,
);

/** Runs a program against the service: its calls, the seconds that it took beyond the service's own delay, and its memory. */
async function measure(fake, args, correct) {
  const before = { calls: fake.calls.length, delay: fake.delayMs };
  const start = performance.now();
  const env = {
    PATH: process.env.PATH,
    HOME: temporary,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...fake.env,
  };
  const child = spawn(process.execPath, ['--require', preload, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (data) => (stdout += data));
  const status = await new Promise((resolve) => child.once('close', resolve));
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}`);
  if (correct(JSON.parse(stdout)) === false) throw new Error(`${args.join(' ')}: not all nodes were found`);
  return {
    calls: fake.calls.length - before.calls,
    seconds: elapsed / 1000,
    own: Math.max(0, elapsed - (fake.delayMs - before.delay)) / 1000,
    megabytes: Number(readFileSync(memoryFile, 'utf8')) / 1024,
  };
}

const rows = [];
for (const size of SIZES) {
  const fake = await FakeSystemsManager.start();
  const { documentName, associationIds } = deployToFake(fake);
  for (let n = 1; n <= size; n++) {
    const id = `i-${n.toString(16).padStart(17, '0')}`;
    fake.nodes.add({ id, run: new SimulatedMachine({ runMs: RUN_MS }).run });
  }
  await fake.associations.run(associationIds[0]);
  fake.faults.latencyMs = LATENCY_MS;
  const loop = join(root, 'bench', 'fleet', 'plain-loop.mjs');
  const contestants = {
    'fleet status': [[CLI, 'fleet', 'status', '--json'], ({ totals }) => totals.correct === size],
    'status, a call per node': [[loop, 'status', associationIds[0]], ({ correct }) => correct === size],
    'fleet check': [[CLI, 'fleet', 'check', '--yes', '--json'], ({ totals }) => totals.correct === size],
    'check, a call per node': [[loop, 'check', documentName], ({ correct }) => correct === size],
  };
  for (const [name, [args, correct]] of Object.entries(contestants)) {
    progress(`${size} nodes: ${name}`);
    rows.push({ nodes: size, name, ...(await measure(fake, args, correct)) });
  }
  await fake.stop();
}
progress('');

console.log(
  `${cpus().length} CPUs, Node ${process.version}, ${LATENCY_MS} ms for each answer, ${RUN_MS} ms for each run on a node\n`,
);
console.log(
  `${'nodes'.padStart(6)}  ${'contestant'.padEnd(24)}${'calls'.padStart(7)}${'seconds'.padStart(9)}${'own s'.padStart(7)}${'MB'.padStart(6)}`,
);
for (const { nodes, name, calls, seconds, own, megabytes } of rows) {
  console.log(
    `${String(nodes).padStart(6)}  ${name.padEnd(24)}${String(calls).padStart(7)}${seconds.toFixed(2).padStart(9)}${own.toFixed(2).padStart(7)}${megabytes.toFixed(0).padStart(6)}`,
  );
}
console.log("\nown s: seconds beyond the service's own delay; MB: peak of the resident memory\n\nRatios that count:");

const rowOf = (nodes, name) => rows.find((row) => row.nodes === nodes && row.name === name);
const ratios = {};
for (const size of SIZES) {
  for (const command of ['status', 'check']) {
    const [ours, theirs] = [rowOf(size, `fleet ${command}`), rowOf(size, `${command}, a call per node`)];
    for (const what of ['calls', 'seconds']) {
      const ratio = theirs[what] / ours[what];
      ratios[`${what} of a call per node / fleet ${command}, ${size} nodes`] = Number(ratio.toFixed(2));
      console.log(`${ratio.toFixed(1).padStart(7)}  ${what} of a call per node / fleet ${command}, ${size} nodes`);
    }
  }
}
const most = Math.max(...rows.filter(({ name }) => name.startsWith('fleet')).map(({ megabytes }) => megabytes));
console.log(
  `${most.toFixed(0).padStart(7)}  MB at most (at most ${MOST_MEMORY}${most <= MOST_MEMORY ? '' : ': not reached'})`,
);
const rounded = rows.map((row) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'number' ? Number(value.toFixed(2)) : value]),
  ),
);
console.log(
  `\n${JSON.stringify({ cpus: cpus().length, node: process.version, latencyMs: LATENCY_MS, runMs: RUN_MS, rows: rounded, ratios, mostMegabytes: Number(most.toFixed(1)) })}`,
);
