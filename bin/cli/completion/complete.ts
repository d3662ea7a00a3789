// `cdk-ssh-keepalive complete hosts|profiles`, which the completion scripts run: one value a line. Hidden from the help. An
// error prints nothing, because it would end up in the command line of the user.
import { Argument, Command } from 'commander';
import type { Terminal } from '../shared/terminal';

/** What is completed at run time. */
export const LISTS = ['hosts', 'profiles'] as const;

/** A list of values. */
export type List = (typeof LISTS)[number];

/** The hidden command. */
export function completeCommand(terminal: Terminal): Command {
  return new Command('complete')
    .addArgument(new Argument('<list>', 'what to list').choices(LISTS))
    .option('--config <file>', 'use this file instead of ~/.ssh/config')
    .action(async (list: List, { config }: { config?: string }) => {
      try {
        for (const value of await valuesOf(list, config)) terminal.out(`${value}\n`);
      } catch {
        // See above.
      }
    });
}

async function valuesOf(list: List, config: string | undefined): Promise<readonly string[]> {
  if (list === 'hosts') {
    const { completedHosts } = await import('./hosts.js');
    return completedHosts(config);
  }
  const { awsProfiles } = await import('../shared/aws-profiles.js');
  // Others would have to be quoted in every shell.
  return awsProfiles().filter((profile) => /^[\w@+.:/][\w@+.:/-]*$/.test(profile));
}
