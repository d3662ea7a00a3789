// What it takes to load a library after aws-cdk-lib, in a process of its own. Prints the milliseconds of the processor.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { App, Stack } = require('aws-cdk-lib');
// Both load more when they are first used.
new Stack(new App(), 'Stack');

const before = process.cpuUsage();
require(process.argv[2]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e3);
