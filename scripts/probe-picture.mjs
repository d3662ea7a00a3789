// `npm run picture:probe`: draws the pictures of docs/probe.md and docs/why.md from real runs of the probe over the NAT of test/nat,
// which forgets after 350 seconds as EC2 does, and prints what the program printed. Takes eight minutes; needs root, ip and nft.
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ProbeMachines } from '../bench/probe/nat.mjs';

const LIMIT = 350;
const picture = (name) => fileURLToPath(new URL(`../docs/${name}.svg`, import.meta.url));

async function draw(name, loose) {
  const machines = await ProbeMachines.start({ forgetsAfterSeconds: LIMIT, loose });
  try {
    const file = machines.path('picture.svg');
    const { stdout, stderr } = await machines.probeSsh(['--svg', file]);
    if (stdout === '') throw new Error(stderr);
    copyFileSync(file, picture(name));
    return `$ npx cdk-ssh-keepalive probe web --svg ${name}.svg\n${stderr}${stdout}`;
  } finally {
    machines.stop();
  }
}

const runs = await Promise.all([draw('probe-strict', false), draw('probe-loose', true)]);
console.log(runs.join('\n'));
process.exit(0);
