// The NAT of test/nat, for programs that are no tests.
import { loadFromTest } from '../load-from-test.mjs';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
// Each machine ends with this process.
process.setMaxListeners(64);

export const { NatNetwork, ProbeMachines } = loadFromTest(
  'nat',
  `export { NatNetwork } from './nat-network';
   export { ProbeMachines } from './probe-machines';`,
);
