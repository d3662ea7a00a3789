// `cdk-ssh-keepalive client`: its commands and options. Modules are loaded when they are needed, so that a command starts
// fast.
import { Command } from 'commander';
import { CliError, ExitCode } from '../../shared/exit-code';
import type { SourceRequest } from '../snippet/source';
import type { Platform } from '../../shared/platform';
import type { Terminal } from '../../shared/terminal';
import type { ChangeRequest, CommandRequest, SnippetRequest } from './request';

interface CommandOptions {
  readonly config?: string;
  readonly windows?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

interface SnippetOptions extends CommandOptions, SourceRequest {
  readonly override?: boolean;
}

interface ChangeOptions extends CommandOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** In the help of what takes a snippet. */
const SOURCE = `
Without --stack, --parameter or --from, the installed hosts and values stay.
Where nothing is installed: ServerAliveInterval 60, ServerAliveCountMax 5.`;

/** The command and those below it; `finish` receives the exit code. */
export function clientCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  /** With --verbose, each ssh command is reported on stderr. */
  const platformFor = async ({ verbose = false }: CommandOptions): Promise<Platform> => {
    const { thisPlatform } = await import('../../shared/platform.js');
    return thisPlatform(verbose ? (line) => terminal.note(line) : undefined);
  };

  const show = withSnippet(command('show', 'print the lines that install would add'))
    .addHelpText('after', SOURCE)
    .addHelpText('after', examples('show', ['', '--stack Web --region eu-west-1', '--from outputs.json --json']))
    .action(async (options: SnippetOptions) => {
      const { show } = await import('./show.js');
      finish(await show(await snippetRequest(options), terminal, await platformFor(options)));
    });

  const diff = withSnippet(command('diff', 'show how install would change the ssh config'))
    .addHelpText('after', SOURCE)
    .addHelpText('after', examples('diff', ['', '--stack Web --profile dev']))
    .action(async (options: SnippetOptions) => {
      const { diff } = await import('./diff.js');
      finish(await diff(await snippetRequest(options), terminal, await platformFor(options)));
    });

  const install = withChange(
    withSnippet(command('install', 'add keepalives, and the hosts of a stack, to the ssh config')),
  )
    .addHelpText('after', SOURCE)
    .addHelpText('after', examples('install', ['', '--stack Web', '--from snippet.txt --dry-run', '--yes --json']))
    .action(async (options: SnippetOptions & ChangeOptions) => {
      const request = changeRequest(options);
      const { requireSource } = await import('../snippet/source.js');
      requireSource(options);
      requireAnswer(options, terminal);
      const { install } = await import('./install.js');
      finish(await install({ ...(await snippetRequest(options)), ...request }, terminal, await platformFor(options)));
    });

  const uninstall = withChange(command('uninstall', 'remove the blocks of cdk-ssh-keepalive from the ssh config'))
    .addHelpText('after', examples('uninstall', ['', '--dry-run', '--yes']))
    .action(async (options: ChangeOptions) => {
      const request = changeRequest(options);
      requireAnswer(options, terminal);
      const { uninstall } = await import('./uninstall.js');
      finish(await uninstall(request, terminal, await platformFor(options)));
    });

  const check = command('check', 'show which hosts drop an idle session, and why')
    .argument('[host...]', 'hosts as you type them after ssh (default: all in the file)')
    .addHelpText('after', examples('check', ['', 'web db.example.com', '--json']))
    .action(async (hosts: string[], options: CommandOptions) => {
      const { check } = await import('./check/check.js');
      finish(await check({ ...commandRequest(options), hosts }, terminal, await platformFor(options)));
    });

  const client = new Command('client').description('manage keepalives in ~/.ssh/config');
  for (const each of [show, diff, install, uninstall, check]) client.addCommand(withCommon(each));
  return client;
}

function command(name: string, description: string): Command {
  return new Command(name).description(description);
}

function withSnippet(target: Command): Command {
  target
    .option('--stack <name>', 'use the snippet of this CloudFormation stack, from Parameter Store', once('--stack'))
    .option('--parameter <path>', 'use the snippet below another path in Parameter Store', once('--parameter'))
    .option('--profile <profile>', 'use this AWS profile', once('--profile'))
    .option('--region <region>', 'use this AWS Region', once('--region'))
    .option('--from <file>', 'read a snippet, or the JSON of cdk deploy --outputs-file; - is stdin', once('--from'))
    .option('--override', 'put the blocks before your own lines, and remember it')
    .option('--no-override', 'put the blocks below your own lines again');
  return refuseBoth(target, 'override', 'no-override');
}

/** commander takes the last value of an option that is given twice. */
function once(option: string): (value: string, previous: string | undefined) => string {
  return (value, previous) => {
    if (previous === undefined) return value;
    throw new CliError(`${option}: must be given once, got: '${previous}' and '${value}'.`, ExitCode.USAGE);
  };
}

/** commander takes the last of an option and its negation, which share a value. */
function refuseBoth(target: Command, ...options: readonly [string, string]): Command {
  const given = new Set<string>();
  for (const option of options) {
    target.on(`option:${option}`, () => {
      given.add(option);
      if (given.size > 1)
        throw new CliError(`--${options.join(' and --')}: cannot be combined. Give one of them.`, ExitCode.USAGE);
    });
  }
  return target;
}

function withChange(target: Command): Command {
  return target.option('--yes', 'do not prompt').option('--dry-run', 'show the change and write nothing');
}

function withCommon(target: Command): Command {
  return target
    .option('--config <file>', 'use this file instead of ~/.ssh/config', once('--config'))
    .option('--windows', 'in WSL2, use the ssh config of Windows')
    .option('--json', 'print one JSON document')
    .option('--verbose', 'show each ssh command, its exit status and its time');
}

function examples(name: string, lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  cdk-ssh-keepalive client ${name} ${line}`.trimEnd()).join('\n')}`;
}

/** Refuses a prompt that cannot be answered, before anything is read. */
function requireAnswer({ yes, dryRun, json, from }: ChangeOptions & SourceRequest, { interactive }: Terminal): void {
  if (yes ?? dryRun) return;
  if (from === '-') {
    throw new CliError(
      '--from -: stdin is the snippet, so the prompt cannot be answered. Pass --yes or --dry-run.',
      ExitCode.USAGE,
    );
  }
  if (json)
    throw new CliError('--json: does not prompt. Pass --yes, or --dry-run to see the change first.', ExitCode.USAGE);
  if (!interactive) {
    throw new CliError(
      'stdin, stdout or stderr is not a terminal, cannot prompt. Nothing was changed. Pass --yes, or --dry-run to see the change first.',
      ExitCode.USAGE,
    );
  }
}

function commandRequest({ config, windows = false, json = false }: CommandOptions): CommandRequest {
  if (config !== undefined && windows) {
    throw new CliError(
      '--config and --windows: cannot be combined, both name the file. Give one of them.',
      ExitCode.USAGE,
    );
  }
  return { config, windows, json };
}

function changeRequest(options: ChangeOptions): ChangeRequest {
  const { yes = false, dryRun = false } = options;
  if (yes && dryRun) {
    throw new CliError(
      '--yes and --dry-run: cannot be combined, --dry-run writes nothing. Give one of them.',
      ExitCode.USAGE,
    );
  }
  return { ...commandRequest(options), yes, dryRun };
}

async function snippetRequest(options: SnippetOptions): Promise<SnippetRequest> {
  const base = commandRequest(options);
  const { snippetFrom } = await import('../snippet/source.js');
  return { ...base, snippet: await snippetFrom(options), override: options.override };
}
