// `cdk-ssh-keepalive client`: its arguments, and which file does the work. Modules are loaded when they are needed, so
// that a command starts fast.
import { Command } from 'commander';
import { CliError, ExitCode } from '../../shared/exit-code';
import type { SourceRequest } from '../snippet/source';
import type { Terminal } from '../../shared/terminal';
import type { ChangeRequest, CommandRequest, SnippetRequest } from './request';

interface CommandOptions {
  readonly config?: string;
  readonly windows?: boolean;
  readonly json?: boolean;
}

interface SnippetOptions extends CommandOptions, SourceRequest {
  readonly override?: boolean;
}

interface ChangeOptions extends CommandOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** The command and those below it; `finish` is told how one ended. */
export function clientCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const show = withSnippet(command('show', 'print what would stand in the ssh config'))
    .addHelpText('after', examples('show', ['', '--stack Web --region eu-west-1', '--from outputs.json --json']))
    .action(async (options: SnippetOptions) => {
      const { show } = await import('./show.js');
      finish(await show(await snippetRequest(options), terminal));
    });

  const diff = withSnippet(command('diff', 'print how install would change the ssh config; exit 1 if it would'))
    .addHelpText('after', examples('diff', ['', '--stack Web --profile dev']))
    .action(async (options: SnippetOptions) => {
      const { diff } = await import('./diff.js');
      finish(await diff(await snippetRequest(options), terminal));
    });

  const install = withChange(withSnippet(command('install', 'put it into the ssh config, after a question')))
    .addHelpText('after', examples('install', ['', '--stack Web', '--from snippet.txt --dry-run', '--yes --json']))
    .action(async (options: SnippetOptions & ChangeOptions) => {
      requireAnswer(options, terminal);
      const { install } = await import('./install.js');
      finish(await install({ ...(await snippetRequest(options)), ...changeRequest(options) }, terminal));
    });

  const uninstall = withChange(command('uninstall', 'take it out of the ssh config again, after a question'))
    .addHelpText('after', examples('uninstall', ['', '--dry-run', '--yes']))
    .action(async (options: ChangeOptions) => {
      requireAnswer(options, terminal);
      const { uninstall } = await import('./uninstall.js');
      finish(await uninstall(changeRequest(options), terminal));
    });

  const check = command('check', 'tell which hosts keep an idle session alive; exit 1 if one would drop it')
    .argument('[host...]', 'hosts as you type them after ssh (default: all that the file names)')
    .addHelpText('after', examples('check', ['', 'web db.example.com', '--json']))
    .action(async (hosts: string[], options: CommandOptions) => {
      const { check } = await import('./check.js');
      finish(await check({ ...placeRequest(options), hosts }, terminal));
    });

  const client = new Command('client').description('the ssh config of this user: ~/.ssh/config');
  for (const each of [show, diff, install, uninstall, check]) client.addCommand(withPlace(each));
  return client;
}

function command(name: string, description: string): Command {
  return new Command(name).description(description);
}

function withSnippet(target: Command): Command {
  return target
    .option('--stack <name>', 'the snippet of this CloudFormation stack, out of Parameter Store')
    .option('--parameter <path>', 'the snippet below another path in Parameter Store')
    .option('--profile <name>', 'the AWS profile for Parameter Store')
    .option('--region <region>', 'the AWS Region of Parameter Store')
    .option('--from <file>', 'a snippet, or the JSON of cdk deploy --outputs-file; - is stdin')
    .option('--override', 'put ours before your own lines, and remember it')
    .option('--no-override', 'put ours below your own lines again');
}

function withChange(target: Command): Command {
  return target.option('--yes', 'do not ask').option('--dry-run', 'show what would happen, and write nothing');
}

function withPlace(target: Command): Command {
  return target
    .option('--config <file>', 'another file than ~/.ssh/config')
    .option('--windows', 'from WSL2, the file of Windows')
    .option('--json', 'print one JSON document');
}

function examples(name: string, lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  cdk-ssh-keepalive client ${name} ${line}`.trimEnd()).join('\n')}`;
}

/** Refuses before anything is read what would end in a question that nobody can answer. */
function requireAnswer({ yes, dryRun, json, from }: ChangeOptions & SourceRequest, { interactive }: Terminal): void {
  if (yes ?? dryRun) return;
  if (from === '-') {
    throw new CliError(
      'stdin is the snippet, so no answer can come from there: pass --yes or --dry-run.',
      ExitCode.USAGE,
    );
  }
  if (json) throw new CliError('--json asks no question: pass --yes, or --dry-run to look first.', ExitCode.USAGE);
  if (!interactive) {
    throw new CliError(
      'Nobody can be asked, because stdin, stdout or stderr is no terminal: pass --yes, or --dry-run to look first. ' +
        'Nothing was changed.',
      ExitCode.USAGE,
    );
  }
}

function placeRequest({ config, windows = false, json = false }: CommandOptions): CommandRequest {
  if (config !== undefined && windows) {
    throw new CliError('--config and --windows exclude each other: both say which file is meant.', ExitCode.USAGE);
  }
  return { config, windows, json };
}

function changeRequest(options: ChangeOptions): ChangeRequest {
  const { yes = false, dryRun = false } = options;
  if (yes && dryRun) {
    throw new CliError('--yes and --dry-run exclude each other: --dry-run writes nothing.', ExitCode.USAGE);
  }
  return { ...placeRequest(options), yes, dryRun };
}

async function snippetRequest(options: SnippetOptions): Promise<SnippetRequest> {
  const place = placeRequest(options);
  const { snippetFrom } = await import('../snippet/source.js');
  return { ...place, snippet: await snippetFrom(options), override: options.override };
}
