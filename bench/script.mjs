// `npm run bench:script`: what the document's script costs, beside the sshd calls that nobody can save and beside other
// tools that set the same two values. The exit code says only whether everything ran: timing depends on the machine.
import { readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { findOpenSsh } from '../bin/test-bed/openssh.js';
import { DOCUMENT_SCRIPT } from '../lib/server/scripts.js';
import { Machine } from './machine.mjs';
import { PEERS } from './peers.mjs';
import { printRatios, printTable } from './report.mjs';
import { medians } from './rounds.mjs';

const ROUNDS = Number(process.argv[2] ?? 30);
if (!(ROUNDS >= 1)) throw new Error(`The number of rounds must be at least 1, got: ${process.argv[2]}`);
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);
const stock = (name) => readFileSync(new URL(`../test/fixtures/${name}-stock-sshd_config`, import.meta.url), 'utf8');
const AMAZON = stock('al2');
const DEBIAN = stock('debian-12');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
progress('fetching');
const machine = new Machine(findOpenSsh());
const script = machine.addScript('script.sh', DOCUMENT_SCRIPT);

function ours(action) {
  const env = { SSM_Action: action, SSM_ClientAliveInterval: '60', SSM_ClientAliveCountMax: '120' };
  return machine.run('/bin/sh', [script], env);
}
const fresh = (text, service) => () => {
  machine.useConfig(text);
  machine.useService(service);
};
const applied = (text) => () => {
  fresh(text, 'active')();
  ours('Apply');
};
// After a boot, the script knows nothing of the running sshd and asks systemd.
const forgotten = (text) => () => {
  applied(text)();
  rmSync(machine.in('run/cdk-ssh-keepalive.state'));
};

// --- Who is compared

machine.useConfig(AMAZON);
machine.startSshd();

const sshd = (...args) => machine.run(machine.sshd, [...args, '-f', machine.config]);
fresh(AMAZON, 'active')();
const calls = machine.sshdCalls(() => ours('Apply'));
// The candidate that some of them read is gone; the file of the machine has the same lines. -i ends with 255: nobody connects.
const loop = calls.map(
  (call) => `${machine.sshd} ${call.replace(/-f\S+\/new$/, `-f${machine.config}`)} </dev/null >/dev/null 2>&1\n`,
);
const bareCheck = machine.write(
  'tmp/check.sh',
  `settings=$(timeout 20 ${machine.sshd} -T -f ${machine.config} 2>&1)\n`,
);
const bareCalls = machine.write('tmp/calls.sh', `${loop.join('')}exit 0\n`);

const contestants = [
  { name: 'unchanged', prepare: applied(AMAZON), run: () => ours('Apply') },
  { name: 'unchanged, first run', prepare: forgotten(AMAZON), run: () => ours('Apply') },
  { name: 'Apply', prepare: fresh(AMAZON, 'active'), run: () => ours('Apply') },
  { name: 'Remove', prepare: applied(AMAZON), run: () => ours('Remove') },
  { name: 'Apply as a drop-in', prepare: fresh(DEBIAN, 'active'), run: () => ours('Apply') },
  { name: 'Remove of the drop-in', prepare: applied(DEBIAN), run: () => ours('Remove') },
  { name: 'one process (true)', prepare: applied(AMAZON), run: () => machine.run('/bin/true', []) },
  { name: 'sshd -t', prepare: applied(AMAZON), run: () => sshd('-t') },
  { name: 'sshd -T', prepare: applied(AMAZON), run: () => sshd('-T') },
  { name: 'sshd -T in a script', prepare: applied(AMAZON), run: () => machine.run('/bin/sh', [bareCheck]) },
  { name: "Apply's sshd calls", prepare: fresh(AMAZON, 'active'), run: () => machine.run('/bin/sh', [bareCalls]) },
];

const absent = [];
for (const { name, prepare } of PEERS) {
  try {
    progress(`fetching ${name}`);
    for (const [peer, change] of Object.entries(prepare(machine))) {
      machine.useConfig(AMAZON);
      change();
      if (machine.values() !== '60/120') throw new Error(`sshd answers ${machine.values()} after it`);
      const nothingToDo = () => {
        machine.useConfig(AMAZON);
        change();
      };
      contestants.push({ name: peer, prepare: fresh(AMAZON, 'active'), run: change });
      contestants.push({ name: `${peer}, unchanged`, prepare: nothingToDo, run: change });
    }
  } catch (error) {
    absent.push(`${name} is not compared: ${error.message}`);
  }
}

// --- Measuring and telling

const result = medians(contestants, ROUNDS, (round) => progress(`round ${round} of ${ROUNDS}`));
progress('');

const present = new Set(Object.keys(result));
const GOALS = [
  { of: 'unchanged', to: 'sshd -T', atMost: 1.3 },
  { of: 'unchanged', to: 'sshd -T in a script', atMost: 1.3 },
  { of: 'Apply', to: "Apply's sshd calls", atMost: 1.3 },
  { of: 'Augeas', to: 'Apply', atLeast: 3 },
  { of: 'Augeas, unchanged', to: 'unchanged', atLeast: 3 },
  { of: 'Augeas, one lens', to: 'Apply', atLeast: 3 },
  { of: 'Augeas, one lens, unchanged', to: 'unchanged', atLeast: 3 },
  { of: 'Ansible lineinfile', to: 'Apply', atLeast: 20 },
  { of: 'Ansible lineinfile, unchanged', to: 'unchanged', atLeast: 20 },
  { of: 'cloud-init', to: 'Apply', atLeast: 2 },
  { of: 'cloud-init, unchanged', to: 'unchanged', atLeast: 2 },
].filter(({ of }) => present.has(of));

applied(AMAZON)();
const version = /sshd=(\S+)/.exec(machine.output)?.[1];
const system = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
console.log(`${cpus().length} CPUs, ${system}, OpenSSH ${version}, ${ROUNDS} rounds`);
console.log(
  `Apply asks sshd ${calls.length} times: ${calls.map((call) => `sshd ${/ (-[Ti]) /.exec(call)?.[1]}`).join(', ')}\n`,
);
printTable(result, 'Apply');
console.log('\nRatios that count:');
const ratios = printRatios(result, GOALS);
for (const line of absent) console.log(`\n${line}`);
const rounded = Object.fromEntries(Object.entries(result).map(([name, ms]) => [name, Number(ms.toFixed(3))]));
console.log(
  `\n${JSON.stringify({ system, cpus: cpus().length, openssh: version, rounds: ROUNDS, sshdCalls: calls.length, mediansMs: rounded, ratios, absent })}`,
);
process.exitCode = absent.length > 0 ? 1 : 0;
