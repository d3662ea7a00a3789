// `npm run bench:probe`: how long the probe takes to find limits that were set on a kernel's NAT, and how well it knows them, beside
// sequential bisection over the same NATs. Everything waits most of the time, so it runs side by side. Needs root, ip and nft. The exit
// code says only whether everything ran: timing depends on the machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { NatNetwork, ProbeMachines } from './probe/nat.mjs';

const LIMITS = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 30, 60];
if (!LIMITS.every((limit) => limit >= 5 && limit <= 300))
  throw new Error(`The limits must be seconds from 5 to 300, got: ${process.argv.slice(2)}`);
const [MAX, REPLY_TIMEOUT, LOSS, NEVER] = [2 * Math.max(...LIMITS), 5, 5, 432_000];
const [MOST_RATIO, MOST_ERROR] = [1.3, 0.05];
/** In seconds: a packet that is lost is sent again at another age. */
const TOLERANCE = 1;
const PORT = 8022;
const SERVER = '10.77.2.2';
const root = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(root, 'bin', 'cdk-ssh-keepalive.js');
const BISECTION = join(root, 'bench', 'probe', 'bisection.mjs');

const children = new Set();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function start(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** A network namespace. */
async function machine() {
  const child = start('unshare', ['--net', 'sh', '-c', 'ip link set lo up; echo ready; exec cat']);
  await once(child.stdout, 'data');
  return child;
}

const inside = ({ pid }, ...command) => start('nsenter', ['--net', '--target', `${pid}`, ...command]);

/** What a program printed, and after how many seconds. */
async function run(child) {
  const begin = performance.now();
  let [stdout, stderr, seconds] = ['', '', 0];
  child.stdout.on('data', (data) => {
    stdout += data;
    seconds = (performance.now() - begin) / 1000;
  });
  child.stderr.on('data', (data) => (stderr += data));
  await once(child, 'close');
  if (stdout === '') throw new Error(stderr);
  return { output: JSON.parse(stdout), seconds };
}

/** Ours and the peer's answer over a NAT, each with connections of its own. */
async function overTcp({ limit, loose, loss }) {
  const [client, server] = [await machine(), await machine()];
  const nat = { forgetsAfterSeconds: limit ?? NEVER, loose };
  const network = await NatNetwork.connect(client, [server], nat);
  if (loss) network.losePackets(loss);
  const listener = inside(server, process.execPath, CLI, 'probe', '--listen', `${PORT}`);
  await once(listener.stdout, 'data');
  const probe = ['probe', `tcp://${SERVER}:${PORT}`, '--json', '--max', `${limit ? MAX : Math.max(...LIMITS)}`];
  // Where the client's packets revive a connection, the peer needs to look at the server's only.
  const directions = loose || !limit ? ['server'] : ['client', 'server'];
  const bisection = (direction) =>
    run(inside(client, process.execPath, BISECTION, SERVER, `${PORT}`, direction, `${MAX}`, `${REPLY_TIMEOUT}`));
  const [ours, ...theirs] = await Promise.all([
    run(inside(client, process.execPath, CLI, ...probe)),
    ...(limit ? directions.map(bisection) : []),
  ]);
  for (const one of [listener, client, server]) one.kill();
  network.close();
  return { ours, bisection: theirs.length > 0 ? Math.max(...theirs.map(({ output }) => output.seconds)) : undefined };
}

/** Ours over a real sshd. */
async function overSsh({ limit, loose }) {
  const machines = await ProbeMachines.start({ forgetsAfterSeconds: limit, loose });
  const ours = await run(machines.startSsh(['--json', '--max', `${MAX}`]));
  machines.stop();
  return { ours };
}

const scenarios = [
  ...LIMITS.map((limit) => ({ over: 'ssh', limit, loose: false })),
  ...LIMITS.flatMap((limit) => [false, true].map((loose) => ({ over: 'tcp', limit, loose }))),
  ...LIMITS.map((limit) => ({ over: 'tcp', limit, loose: false, loss: LOSS })),
  { over: 'tcp', loose: false },
];
process.stderr.write(`${scenarios.length} NATs side by side; the peer takes some minutes ...\n`);
const rows = await Promise.all(
  scenarios.map(async (scenario, index) => {
    // Opening dozens of ssh connections is work; waiting for them is none.
    await wait((scenario.over === 'ssh' ? index : LIMITS.length + index / 8) * 8000);
    const { ours, bisection } = await (scenario.over === 'ssh' ? overSsh(scenario) : overTcp(scenario));
    const { limit } = scenario;
    const found = ours.output.directions.filter(({ droppedAfter }) => droppedAfter !== null);
    const errors = found.map(
      ({ aliveAfter, droppedAfter }) => Math.abs((aliveAfter + droppedAfter) / 2 - limit) / limit,
    );
    const isRight = limit
      ? found.length === (scenario.loose ? 1 : 2) &&
        found.every((one) => one.aliveAfter <= limit + TOLERANCE && one.droppedAfter >= limit - TOLERANCE)
      : ours.output.finding === 'none';
    return {
      ...scenario,
      seconds: ours.seconds,
      ratio: limit ? (ours.seconds - REPLY_TIMEOUT) / limit : ours.seconds / ours.output.max,
      error: errors.length > 0 ? Math.max(...errors) : undefined,
      isRight,
      bisection: bisection && (bisection - REPLY_TIMEOUT) / limit,
    };
  }),
);

const cell = (value, digits, width) => (value === undefined ? '-' : value.toFixed(digits)).padStart(width);
console.log(`${cpus().length} CPUs, Node ${process.version}, reply timeout ${REPLY_TIMEOUT} s, both directions\n`);
console.log('path                                   limit s  seconds  ratio  error %  bisection ratio  right');
for (const { over, limit, loose, loss, seconds, ratio, error, bisection, isRight } of rows) {
  const path = `${over}, ${loose ? 'loose' : 'strict'}${loss ? `, ${loss} % of the packets lost` : ''}${limit ? '' : ', no limit'}`;
  console.log(
    `${path.padEnd(38)} ${cell(limit, 0, 7)}${cell(seconds, 1, 9)}${cell(ratio, 2, 7)}${cell(error && error * 100, 1, 9)}${cell(bisection, 2, 17)}  ${isRight ? 'yes' : 'NO'}`,
  );
}
console.log(
  '\nratio: (seconds - reply timeout) / limit, from the start of the program to its answer; of the path without a',
);
console.log(
  'limit, seconds / the longest silence. error: from the middle of the answer to the limit.\n\nRatios that count:',
);
const mostRatio = Math.max(...rows.map(({ ratio }) => ratio));
const mostError = Math.max(...rows.map(({ error }) => error ?? 0));
const least = Math.min(...rows.flatMap(({ bisection, ratio }) => (bisection ? [bisection / ratio] : [])));
const reached = (isReached) => (isReached ? '' : ': not reached');
console.log(
  `${mostRatio.toFixed(2).padStart(7)}  time / limit (at most ${MOST_RATIO}${reached(mostRatio <= MOST_RATIO)})`,
);
console.log(
  `${mostError.toFixed(3).padStart(7)}  error / limit (at most ${MOST_ERROR}${reached(mostError <= MOST_ERROR)})`,
);
console.log(`${least.toFixed(2).padStart(7)}  time of bisection / probe, at least`);
const round = (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value);
console.log(
  `\n${JSON.stringify({ cpus: cpus().length, node: process.version, replyTimeout: REPLY_TIMEOUT, rows, mostRatio, mostError, leastBisection: least }, round)}`,
);
process.exit(rows.every(({ isRight }) => isRight) ? 0 : 1);
