// The program: its name, what holds for every command, and the commands that it is given.
import { Command, type CommanderError } from 'commander';
import { CliError, ExitCode } from './shared/exit-code';

/** For the end of the help of every command. */
const EXIT_CODES = `
Exit codes:
  0  as wished
  1  a difference was found, or the answer was no
  2  wrong usage
  3  failed, and everything is as it was
130  interrupted by Ctrl-C`;

const EXAMPLES = `
Examples:
  cdk-ssh-keepalive client install              keep the sessions of all hosts
  cdk-ssh-keepalive client check                which hosts drop idle sessions?
  cdk-ssh-keepalive client install --stack Web  with the hosts of the stack Web`;

/** The program with these commands. */
export function createProgram(version: string, commands: readonly Command[]): Command {
  const program = new Command('cdk-ssh-keepalive')
    .description('Idle SSH sessions to EC2 stay connected.')
    .version(version, '-V, --version', 'show the version')
    .addHelpText('after', EXAMPLES);
  for (const command of commands) program.addCommand(command);
  return settle(program, program.name());
}

/** What commander does not pass on to commands that were made by themselves. */
function settle(command: Command, path: string): Command {
  command
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXIT_CODES)
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : wrongUsage(error, path);
    })
    // The last word on errors is main.ts's, which may have to say it as JSON.
    .configureOutput({ writeErr: () => undefined });
  for (const below of command.commands) settle(below, `${path} ${below.name()}`);
  return command;
}

function wrongUsage({ code, message }: CommanderError, path: string): CliError {
  // "error: unknown option '--stak'\n(Did you mean --stack?)"
  const what =
    code === 'commander.help'
      ? 'A command is missing'
      : message
          .replace(/^error: /, '')
          .replace(/\s+/g, ' ')
          .replace(/\.$/, '');
  return new CliError(`${what}. ${path} --help tells what there is.`, ExitCode.USAGE);
}
