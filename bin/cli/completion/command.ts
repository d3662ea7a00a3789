// `cdk-ssh-keepalive completion`: a script for the shell, generated from the commands and options of the program.
import { Argument, Command } from 'commander';
import type { Terminal } from '../shared/terminal';
import { bash } from './bash';
import { fish } from './fish';
import { powershell } from './powershell';
import { type CompletedCommand, describeProgram } from './tree';
import { zsh } from './zsh';

const SHELLS: Readonly<Record<string, (program: CompletedCommand) => string>> = { bash, zsh, fish, powershell };

/** The command; it completes the program that it is added to. */
export function completionCommand(terminal: Terminal): Command {
  const command = new Command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
Examples:
  cdk-ssh-keepalive completion bash >> ~/.bash_completion
  cdk-ssh-keepalive completion zsh > "\${fpath[1]}/_cdk-ssh-keepalive"
  cdk-ssh-keepalive completion fish | source
  cdk-ssh-keepalive completion powershell | Out-String | Invoke-Expression`,
    )
    .action((shell: string) => {
      const program = command.parent;
      if (program) terminal.out(SHELLS[shell]?.(describeProgram(program)) ?? '');
    });
  return command;
}
