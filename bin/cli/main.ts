// The entry point: parses the arguments, prints errors, sets the exit status.
import { CommanderError } from 'commander';
import { completeCommand } from './completion/complete';
import { completionCommand } from './completion/command';
import { clientCommand } from './client/commands/command';
import { fleetCommand } from './fleet/commands/command';
import { probeCommand } from './probe/commands/command';
import { CliError, ExitCode } from './shared/exit-code';
import { handleInterruption } from './shared/interruption';
import { createProgram } from './program';
import { printable } from './shared/printable';
import { RealTerminal } from './shared/real-terminal';

/** The version of package.json; the bundler defines it. */
declare const VERSION: string;

async function main(argv: readonly string[]): Promise<number> {
  const terminal = new RealTerminal();
  let status: number = ExitCode.OK;
  const finish = (code: ExitCode): void => void (status = code);
  try {
    const program = createProgram(
      VERSION,
      terminal,
      [
        clientCommand(terminal, finish),
        fleetCommand(terminal, finish),
        probeCommand(terminal, finish),
        completionCommand(terminal),
      ],
      [completeCommand(terminal)],
    );
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    return printError(error, argv.includes('--json'));
  }
}

function printError(error: unknown, json: boolean): number {
  // Help or version, which is printed already.
  if (error instanceof CommanderError) return ExitCode.OK;
  const exitCode = error instanceof CliError ? error.exitCode : ExitCode.FAILED;
  const message = printable(describe(error));
  if (json) process.stdout.write(`${JSON.stringify({ error: { message, exitCode } }, undefined, 2)}\n`);
  else process.stderr.write(`${message}\n`);
  return exitCode;
}

function describe(error: unknown): string {
  if (error instanceof CliError) return error.message;
  const stack = error instanceof Error ? error.stack : String(error);
  return `cdk-ssh-keepalive: unexpected error. Report it with this text at https://github.com/cdk-ssh-keepalive/cdk-ssh-keepalive/issues\n${stack}`;
}

// Temporary files are removed on exit, which a signal would skip.
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => {
    if (signal === 'SIGINT' && handleInterruption()) return;
    if (signal === 'SIGINT' && process.stderr.isTTY) process.stderr.write('\n');
    process.exit(status);
  });
}
// A reader that closes the pipe early, as `head` does, is no failure.
for (const [name, stream] of Object.entries({ stdout: process.stdout, stderr: process.stderr })) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`${name}: cannot be written, got: ${error.message}.\n`);
      process.exit(ExitCode.FAILED);
    }
  });
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
