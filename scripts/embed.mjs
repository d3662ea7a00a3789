// Writes the shell scripts of lib/server into lib/server/scripts.ts, so that the compiled code carries them: a CDK app
// that is bundled into one file loses every file that a library reads beside itself.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../lib/server/', import.meta.url);
const embedded = { DOCUMENT_SCRIPT: 'document.sh', FIRST_BOOT_SNIPPET: 'first-boot.sh' };

const lines = ['// Written by scripts/embed.mjs from the *.sh files of this folder. Edit those.'];
for (const [name, file] of Object.entries(embedded)) {
  const text = readFileSync(new URL(file, folder), 'utf8').replaceAll('\r\n', '\n');
  lines.push('', `/** The text of ${file}. */`, `export const ${name} = ${JSON.stringify(text)};`);
}
const file = new URL('scripts.ts', folder);
const text = lines.join('\n') + '\n';
// Left alone where it is current: a test that runs at the same time may be reading it.
if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
