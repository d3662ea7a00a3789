// A snapshot serializer for jest: stands for the document's script in a snapshot, so that a reviewer sees its name, version
// and SHA-256 instead of its lines. Everything else in the snapshot stays as it is.
const { createHash } = require('node:crypto');
const { DOCUMENT_SCRIPT } = require('./lib/server/scripts.js');
const { name, version } = require('./package.json');

const LINES = DOCUMENT_SCRIPT.trimEnd().split('\n');
const SHA256 = createHash('sha256').update(LINES.join('\n')).digest('hex');
const SUMMARY = `document.sh of ${name} ${version}, ${LINES.length} lines, SHA-256 ${SHA256}`;

/** Whether the value is the script of the installed version, line by line. Another version's script is shown in full. */
function test(value) {
  return Array.isArray(value) && value.length === LINES.length && value.every((line, i) => line === LINES[i]);
}

function serialize(_value, config, indentation, depth, refs, printer) {
  return printer([SUMMARY], config, indentation, depth, refs);
}

module.exports = { test, serialize };
