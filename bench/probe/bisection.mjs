// The peer of bench/probe.mjs: one connection, silent for 2, 4, 8 ... seconds until it is dropped, then bisection until the limit is
// known to 5 %. Over the listener of `probe --listen`. Prints one JSON line.
import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { clearInterval, setInterval } from 'node:timers';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

const [host, port, direction, max, replyTimeout] = process.argv.slice(2);
const measurement = randomBytes(16).toString('hex');
let names = 0;

/** A connection, and the next line that it receives. */
async function connect(name) {
  const socket = createConnection({ host, port: Number(port), noDelay: true });
  socket.on('error', () => undefined);
  const next = () => new Promise((resolve) => socket.once('data', resolve));
  const ready = next();
  socket.write(`cdk-ssh-keepalive-probe 1 ${measurement} ${name}\n`);
  await ready;
  return { socket, next };
}

const control = await connect('control');

/** Whether a connection answers after so many seconds of silence. */
async function survives(seconds) {
  const name = (names++).toString(16);
  const { socket, next } = await connect(name);
  // Nothing else keeps the control connection alive meanwhile.
  const busy = setInterval(() => control.socket.write('ping\n'), 1000);
  await wait(seconds * 1000);
  const answer = next().then(() => true);
  if (direction === 'client') socket.write('word\n');
  else control.socket.write(`speak ${name}\n`);
  const isAlive = await Promise.race([answer, wait(Number(replyTimeout) * 1000, false)]);
  clearInterval(busy);
  socket.destroy();
  return isAlive;
}

const begin = performance.now();
let [lower, upper] = [0, undefined];
while (upper === undefined && lower < Number(max)) {
  const age = Math.min(Number(max), Math.max(2, lower * 2));
  if (await survives(age)) lower = age;
  else upper = age;
}
while (upper !== undefined && upper > lower * 1.05) {
  const middle = (lower + upper) / 2;
  if (await survives(middle)) lower = middle;
  else upper = middle;
}
console.log(JSON.stringify({ lower, upper, seconds: (performance.now() - begin) / 1000 }));
process.exit(0);
