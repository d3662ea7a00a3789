// The command line's way in and out: arguments, exit status, the last word on errors. Knows no command.
import { CommanderError } from 'commander';
import { completionCommand } from './completion/command';
import { clientCommand } from './client/commands/command';
import { CliError, ExitCode } from './shared/exit-code';
import { createProgram } from './program';
import { RealTerminal } from './shared/real-terminal';

/** Of package.json; the bundler puts it here. */
declare const VERSION: string;

async function main(argv: readonly string[]): Promise<number> {
  const terminal = new RealTerminal();
  let status: number = ExitCode.OK;
  const finish = (code: ExitCode): void => void (status = code);
  try {
    const program = createProgram(VERSION, [clientCommand(terminal, finish), completionCommand(terminal)]);
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    return tell(error, argv.includes('--json'));
  }
}

function tell(error: unknown, json: boolean): number {
  // Help or version, which commander has printed.
  if (error instanceof CommanderError) return ExitCode.OK;
  const exitCode = error instanceof CliError ? error.exitCode : ExitCode.FAILED;
  const message = plain(describe(error));
  if (json) process.stdout.write(`${JSON.stringify({ error: { message, exitCode } }, undefined, 2)}\n`);
  else process.stderr.write(`${message}\n`);
  return exitCode;
}

function describe(error: unknown): string {
  if (error instanceof CliError) return error.message;
  const stack = error instanceof Error ? error.stack : String(error);
  return `This is a mistake in cdk-ssh-keepalive, please report it: https://github.com/cdk-ssh-keepalive/cdk-ssh-keepalive/issues\n${stack}`;
}

/** Names of files and answers from the network stand in errors; none of them may steer the terminal. */
function plain(text: string): string {
  return text.replace(
    /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

// Temporary files remove themselves when the process ends, but not when a signal ends it.
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => {
    if (signal === 'SIGINT' && process.stderr.isTTY) process.stderr.write('\n');
    process.exit(status);
  });
}
// Whoever reads only the first lines, as `head` does, is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`The output cannot be written: ${error.message}.\n`);
      process.exit(ExitCode.FAILED);
    }
  });
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
