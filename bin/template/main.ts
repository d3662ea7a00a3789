#!/usr/bin/env node
// `npm run template`: writes the plain CloudFormation template and prints its size.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_BYTES, plainTemplate } from './plain-template';

const FILE = 'cdk-ssh-keepalive.template.json';

const unexpected = process.argv.slice(2);
if (unexpected.length > 0) {
  console.error(`npm run template: takes no arguments, got: '${unexpected.join(' ')}'. Leave them out.`);
  process.exit(2);
}
const folder = join(__dirname, '..', '..', 'dist');
const text = plainTemplate();
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, FILE), text);
console.log(`dist/${FILE}: ${Buffer.byteLength(text)} of the ${MAX_BYTES} bytes that CloudFormation allows inline`);
