// A snippet in a file or on stdin: its plain text, or the JSON of `cdk deploy --outputs-file`.
import { open } from 'node:fs/promises';
import { CliError, ExitCode } from '../../shared/exit-code';
import { snippetOfOutputs } from './outputs-file';
import { parse } from './parse';
import type { Snippet } from './snippet';

/** The outputs of a few hundred stacks. What is larger is something else, maybe without an end. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The snippet in the file; `-` is stdin.
 *
 * @throws CliError when it cannot be read or is not safe
 */
export async function readSnippetFile(file: string, stack: string | undefined): Promise<Snippet> {
  const name = file === '-' ? 'stdin' : `file ${file}`;
  const text = decode(await read(file, name), name);
  if (text.trimStart().startsWith('{')) {
    const found = snippetOfOutputs(text, name, stack);
    return parse(found.text, `stack ${found.stack} in ${name}`);
  }
  if (stack !== undefined) {
    throw new CliError(
      `--stack chooses a stack in the JSON of cdk deploy --outputs-file, but ${name} holds plain text. ` +
        'Give either --stack or --from.',
      ExitCode.USAGE,
    );
  }
  return parse(text, name);
}

async function read(file: string, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const stream = file === '-' ? process.stdin : (await open(file)).createReadStream();
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_FILE_BYTES) throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`);
    }
  } catch (error) {
    throw new CliError(`${name} cannot be read: ${(error as Error).message}.`);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CliError(
      `${name} is not UTF-8. Windows PowerShell's > writes UTF-16: use cdk deploy --outputs-file, or Out-File -Encoding ascii.`,
    );
  }
}
