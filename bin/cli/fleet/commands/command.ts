// `cdk-ssh-keepalive fleet`: its commands and options. Modules are loaded when they are needed, so that a command starts
// fast.
import { Command } from 'commander';
import { REGION, requireValue } from '../../../../lib/client/ssh-config-value';
import { CliError, ExitCode } from '../../shared/exit-code';
import type { LiveTerminal } from '../../shared/terminal';
import type { Action } from '../deployment/deployment';
import { defaultLimits } from './options';
import type { FleetRequest, RunRequest } from './request';

interface FleetOptions {
  readonly stack?: string;
  readonly document?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

interface RunOptions extends FleetOptions {
  readonly tag?: readonly string[];
  readonly instanceIds?: readonly string[];
  readonly targetsFile?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly maxConcurrency?: string;
  readonly maxErrors?: string;
  readonly deliveryTimeout: string;
  readonly commandId?: readonly string[];
}

/** The command and those below it; `finish` receives the exit code. */
export function fleetCommand(terminal: LiveTerminal, finish: (code: number) => void): Command {
  const status = new Command('status')
    .description('show the last result of each instance, and run nothing')
    .addHelpText('after', examples('status', ['', '--stack Web --region eu-west-1', '--json']))
    .action(async (options: FleetOptions) => {
      const request = fleetRequest(options);
      const { status } = await import('./status.js');
      finish(await status(request, terminal));
    });

  const runs = (Object.keys(DESCRIPTIONS) as Action[]).map((action) => {
    const name = action.toLowerCase();
    return withRun(new Command(name).description(DESCRIPTIONS[action]))
      .addHelpText('after', examples(name, EXAMPLES[action]))
      .action(async (options: RunOptions) => {
        const request = runRequest(action, options, terminal);
        const { run } = await import('./run.js');
        finish(await run(request, terminal));
      });
  });

  const fleet = new Command('fleet').description('check, apply and remove the settings on deployed instances');
  for (const command of [status, ...runs]) fleet.addCommand(withCommon(command));
  return fleet;
}

const DESCRIPTIONS: Readonly<Record<Action, string>> = {
  Check: 'check the settings on each instance, and change nothing',
  Apply: 'apply the settings on each instance',
  Remove: 'remove the settings from each instance',
};

const EXAMPLES: Readonly<Record<Action, readonly string[]>> = {
  Check: ['', '--stack Web --yes --json', '--tag Environment=prod --yes'],
  Apply: ['--stack Web', '--instance-ids i-0123456789abcdef0 --yes', '--targets-file drifted.json --dry-run'],
  Remove: ['--stack Web --dry-run', '--stack Web --tag Environment=test'],
};

function withRun(command: Command): Command {
  return command
    .option('--tag <key=value...>', 'run on instances with these tags')
    .option('--instance-ids <ids...>', 'run on these instances')
    .option('--targets-file <file>', 'run on the nodes in this JSON file (- for stdin)')
    .option('--yes', 'do not prompt')
    .option('--dry-run', 'show the targets, send nothing')
    .option('--max-concurrency <limit>', 'nodes at the same time, a number or n% (default: 10%, check: 100%)')
    .option('--max-errors <limit>', 'stop after more than this many errors, a number or n% (default: 10%, check: 100%)')
    .option('--delivery-timeout <seconds>', 'give up nodes that do not receive the command in time', '120')
    .option('--command-id <id...>', 'resume these commands and print their results');
}

function withCommon(command: Command): Command {
  return command
    .option('--stack <name>', 'use the constructs of this CloudFormation stack')
    .option('--document <name>', 'use the construct with this document')
    .option('--profile <profile>', 'use this AWS profile')
    .option('--region <region>', 'use this AWS Region')
    .option('--all', 'list all nodes, and read the details of all that failed')
    .option('--json', 'print one JSON document')
    .option('--csv', 'print comma-separated values');
}

function examples(name: string, lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  cdk-ssh-keepalive fleet ${name} ${line}`.trimEnd()).join('\n')}`;
}

function fleetRequest({ stack, document, profile, region, all = false, json, csv }: FleetOptions): FleetRequest {
  exclude('--stack and --document', 'both name the construct', stack, document);
  exclude('--json and --csv', 'both name the format', json, csv);
  requirePattern('--stack', stack, /^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'the name of a stack', 'Web');
  requirePattern(
    '--document',
    document,
    /^[\w.:/-]{3,128}$/,
    'the name of a document',
    'Web-SshKeepaliveDocument-1A2B3C4D',
  );
  if (region !== undefined) requireRegion(region);
  return { stack, document, profile, region, all, format: json ? 'json' : csv ? 'csv' : 'table' };
}

const LIMIT = /^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$/;
const ERRORS = /^(0|[1-9][0-9]{0,6}|[0-9]%|[1-9][0-9]%|100%)$/;

function runRequest(action: Action, options: RunOptions, terminal: LiveTerminal): RunRequest {
  const { tag = [], instanceIds = [], targetsFile, yes = false, dryRun = false, commandId = [] } = options;
  const defaults = defaultLimits(action);
  const { maxConcurrency = defaults.maxConcurrency, maxErrors = defaults.maxErrors, deliveryTimeout } = options;
  const request = fleetRequest(options);
  const tags = [...tag];
  const ids = instanceIds.flatMap((one) => one.split(',')).filter((id) => id !== '');
  const isGiven = (given: boolean): true | undefined => given || undefined;
  const [byTag, byIds, byFile] = [
    isGiven(tags.length > 0),
    isGiven(instanceIds.length > 0),
    isGiven(targetsFile !== undefined),
  ];
  const isPickedUp = isGiven(commandId.length > 0);
  if (byIds && ids.length === 0) {
    throw usage(
      `--instance-ids: must be ids of nodes, got: '${instanceIds.join(' ')}'. For example i-0123456789abcdef0.`,
    );
  }
  exclude('--tag and --instance-ids', 'both name the targets', byTag, byIds);
  exclude('--tag and --targets-file', 'both name the targets', byTag, byFile);
  exclude('--instance-ids and --targets-file', 'both name the targets', byIds, byFile);
  exclude('--command-id and --dry-run', 'the command was sent already', isPickedUp, isGiven(dryRun));
  exclude('--command-id and targets', 'the command has its targets', isPickedUp, byTag ?? byIds ?? byFile);
  exclude(
    '--csv and --dry-run',
    'there are no results; use --json',
    isGiven(request.format === 'csv'),
    isGiven(dryRun),
  );
  exclude('--yes and --dry-run', '--dry-run sends nothing', isGiven(yes), isGiven(dryRun));
  requirePattern('--max-concurrency', maxConcurrency, LIMIT, 'a number from 1, or a percentage from 1% to 100%', '10%');
  requirePattern('--max-errors', maxErrors, ERRORS, 'a number from 0, or a percentage from 0% to 100%', '10%');
  for (const id of commandId)
    requirePattern(
      '--command-id',
      id,
      /^[0-9a-f-]{36}$/,
      'the id of a command',
      '01234567-89ab-cdef-0123-456789abcdef',
    );
  const seconds = Number(deliveryTimeout);
  if (!/^\d+$/.test(deliveryTimeout) || seconds < 30 || seconds > 2_592_000) {
    throw usage(`--delivery-timeout: must be seconds from 30 to 2592000, got: '${deliveryTimeout}'.`);
  }
  if (!yes && !dryRun && !isPickedUp) requireAnswer(request, targetsFile, terminal);
  return {
    ...request,
    action,
    tags,
    instanceIds: ids,
    targetsFile,
    yes,
    dryRun,
    maxConcurrency,
    maxErrors,
    deliveryTimeout: seconds,
    commandIds: [...commandId],
  };
}

/** Refuses a prompt that cannot be answered, before anything is read. */
function requireAnswer({ format }: FleetRequest, targetsFile: string | undefined, { interactive }: LiveTerminal): void {
  const advice = 'Pass --yes, or --dry-run to see the targets first.';
  if (format === 'csv') throw usage('--csv: does not prompt. Pass --yes.');
  if (format === 'json') throw usage(`--json: does not prompt. ${advice}`);
  if (targetsFile === '-')
    throw usage(`--targets-file -: stdin has the targets, so the prompt cannot be answered. ${advice}`);
  if (!interactive)
    throw usage(`stdin, stdout or stderr is not a terminal, cannot prompt. Nothing was sent. ${advice}`);
}

function requireRegion(region: string): void {
  try {
    requireValue('--region', region, REGION);
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function requirePattern(
  option: string,
  value: string | undefined,
  pattern: RegExp,
  rule: string,
  example: string,
): void {
  if (value === undefined || pattern.test(value)) return;
  throw usage(`${option}: must be ${rule}, got: '${value}'. For example ${option} ${example}.`);
}

function exclude(options: string, why: string, first: unknown, second: unknown): void {
  if (first !== undefined && second !== undefined)
    throw usage(`${options}: cannot be combined, ${why}. Give one of them.`);
}

function usage(message: string): CliError {
  return new CliError(message, ExitCode.USAGE);
}
