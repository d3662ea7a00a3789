// The program: its name, what all commands have in common, and the commands.
import { Command, type CommanderError } from 'commander';
import { CliError, ExitCode } from './shared/exit-code';
import type { Terminal } from './shared/terminal';

/** At the end of the help of every command. */
const EXIT_CODES = `
Exit codes:
  0  done, or nothing to do
  1  a difference was found, a host or an instance is not correct, or you
     answered no
  2  wrong usage
  3  failed
130  interrupted by Ctrl-C`;

const EXAMPLES = `
Examples:
  # keep idle sessions of all hosts alive
  cdk-ssh-keepalive client install
  # show which hosts drop idle sessions
  cdk-ssh-keepalive client check
  # add the hosts of the stack Web
  cdk-ssh-keepalive client install --stack Web
  # show which instances of the stack Web are correct
  cdk-ssh-keepalive fleet status --stack Web
  # measure after how long the path to web drops idle connections
  cdk-ssh-keepalive probe web`;

/** The program with these commands; those that are hidden are not listed in the help. */
export function createProgram(
  version: string,
  terminal: Terminal,
  commands: readonly Command[],
  hidden: readonly Command[],
): Command {
  const program = new Command('cdk-ssh-keepalive')
    .description('keep idle SSH sessions to EC2 alive')
    .version(version, '-V, --version', 'show the version')
    .addHelpText('after', EXAMPLES);
  for (const command of commands) program.addCommand(command);
  program.addCommand(helpCommand(program));
  program.addCommand(new Command('version').description('show the version').action(() => terminal.out(`${version}\n`)));
  for (const command of hidden) program.addCommand(command, { hidden: true });
  return configure(program, program.name());
}

/** Not commander's own, which knows one level of commands. */
function helpCommand(program: Command): Command {
  return new Command('help')
    .description('show the help of a command')
    .argument('[command...]', 'a command, with those below it')
    .action((names: string[]) => {
      let command = program;
      for (const name of names) {
        const below = command.commands.find((one) => one.name() === name);
        if (!below) {
          throw new CliError(
            `help: unknown command, got: '${name}'. Run '${pathOf(command)} --help' for the commands.`,
            ExitCode.USAGE,
          );
        }
        command = below;
      }
      command.outputHelp();
    });
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Sets what commander does not pass on to commands that were created by themselves. */
function configure(command: Command, path: string): Command {
  command
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXIT_CODES)
    .exitOverride((error) => {
      // A command that only has others below it, without one of them.
      if (error.code === 'commander.help') command.outputHelp();
      else if (error.exitCode !== 0) throw wrongUsage(error, path);
      throw error;
    })
    // main.ts prints errors, as JSON with --json.
    .configureOutput({ writeErr: () => undefined });
  for (const below of command.commands) configure(below, `${path} ${below.name()}`);
  return command;
}

function wrongUsage({ message }: CommanderError, path: string): CliError {
  // "error: unknown option '--stak'\n(Did you mean --stack?)"
  const what = message
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
  return new CliError(`${what}. Run '${path} --help' for usage.`, ExitCode.USAGE);
}
