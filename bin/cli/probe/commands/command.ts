// `cdk-ssh-keepalive probe`: its options. Modules are loaded when they are needed, so that a command starts fast.
import { Command } from 'commander';
import { CliError, ExitCode } from '../../shared/exit-code';
import type { LiveTerminal } from '../../shared/terminal';
import type { ListenRequest, ProbeRequest, Target } from './request';

interface Options {
  readonly max?: string;
  readonly replyTimeout?: string;
  readonly svg?: string;
  readonly json?: boolean;
  readonly config?: string;
  readonly listen?: string;
  readonly for?: string;
  readonly maxConnections?: string;
}

const EXAMPLES = `
Examples:
  # which idle limit does the path to web have?
  cdk-ssh-keepalive probe web
  # up to one hour, with a picture
  cdk-ssh-keepalive probe ec2-user@203.0.113.7 --max 1h --svg limit.svg
  # the same without sshd: on the far side, then here
  cdk-ssh-keepalive probe --listen 8022
  cdk-ssh-keepalive probe tcp://203.0.113.7:8022

Exit codes of probe: 1 for a limit that drops your idle sessions, 0 for none or
settings that survive it, 3 if it could not be measured.`;

const [MIN_SILENCE, MAX_SILENCE] = [5, 7200];
/** Shorter than that, a pause of the path would count as a dropped connection: the control connection needs 2 s to notice it. */
const [MIN_TIMEOUT, MAX_TIMEOUT] = [3, 60];
const [MIN_LISTEN, MAX_LISTEN] = [10, 86_400];
const MAX_CONNECTIONS = 10_000;

/** The command; `finish` receives the exit code. */
export function probeCommand(terminal: LiveTerminal, finish: (code: number) => void): Command {
  return new Command('probe')
    .description('measure after how long the path to a host drops idle connections')
    .argument('[host]', 'as you type it after ssh, or tcp://HOST:PORT of a listener')
    .option('--max <duration>', 'the longest silence, such as 90s, 15m or 2h (default: 15m)')
    .option('--reply-timeout <seconds>', 'count a connection as dropped after this time without an answer (default: 5)')
    .option('--svg <file>', 'write the result as a picture')
    .option('--json', 'print one JSON document')
    .option('--config <file>', 'use this file instead of ~/.ssh/config')
    .option('--listen <port>', 'listen on this port for probe tcp://HOST:PORT from the other side')
    .option('--for <duration>', 'with --listen: end after this time (default: 3h)')
    .option('--max-connections <number>', 'with --listen: refuse more connections (default: 200)')
    .addHelpText('after', EXAMPLES)
    .action(async (host: string | undefined, options: Options) => {
      if (options.listen !== undefined) {
        const request = listenRequest(host, options, options.listen);
        const { listen } = await import('./listen.js');
        finish(await listen(request, terminal));
        return;
      }
      const request = probeRequest(host, options);
      const { probe } = await import('./probe.js');
      finish(await probe(request, terminal));
    });
}

function probeRequest(host: string | undefined, options: Options): ProbeRequest {
  const { max = '15m', replyTimeout = '5', svg, json = false, config, maxConnections } = options;
  if (host === undefined)
    throw usage('probe: the host is missing. Give it as you type it after ssh, or tcp://HOST:PORT.');
  exclude('--for', options.for, 'is for --listen');
  exclude('--max-connections', maxConnections, 'is for --listen');
  const target = targetOf(host);
  if (target.kind === 'tcp') exclude('--config', config, 'is for ssh, not for tcp://');
  return {
    target,
    max: secondsOf('--max', max, MIN_SILENCE, MAX_SILENCE, '15m'),
    replyTimeout: numberOf('--reply-timeout', replyTimeout, MIN_TIMEOUT, MAX_TIMEOUT),
    svg,
    json,
    config,
  };
}

function listenRequest(host: string | undefined, options: Options, port: string): ListenRequest {
  const { max, replyTimeout, svg, json, config, maxConnections = '200' } = options;
  exclude('host', host, 'cannot be combined with --listen, which waits for others');
  for (const [option, value] of Object.entries({ max, 'reply-timeout': replyTimeout, svg, json, config }))
    exclude(`--${option}`, value, 'cannot be combined with --listen: it belongs to the other side');
  return {
    port: numberOf('--listen', port, 1, 65_535),
    seconds: secondsOf('--for', options.for ?? '3h', MIN_LISTEN, MAX_LISTEN, '3h'),
    maxConnections: numberOf('--max-connections', maxConnections, 1, MAX_CONNECTIONS),
  };
}

function targetOf(host: string): Target {
  if (/^tcp:/i.test(host)) {
    const [, bracketed, plain, port = ''] = /^tcp:\/\/(?:\[([^\]]+)\]|([^/:]+)):(\d+)\/?$/i.exec(host) ?? [];
    const name = bracketed ?? plain;
    if (name === undefined)
      throw usage(`probe: must be tcp://HOST:PORT, got: '${host}'. For example tcp://203.0.113.7:8022.`);
    return { kind: 'tcp', host: name, port: numberOf('port', port, 1, 65_535) };
  }
  if (!/^[A-Za-z0-9_[:][^\s\0]*$/.test(host))
    throw usage(`probe: a host must be a name as you type it after ssh, got: '${host}'.`);
  return { kind: 'ssh', host };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function secondsOf(option: string, value: string, min: number, max: number, example: string): number {
  const [, number = '', unit = 's'] = /^(\d{1,6})([smh]?)$/.exec(value) ?? [];
  const seconds = Number(number) * (UNITS[unit || 's'] ?? 1);
  if (number === '' || seconds < min || seconds > max) {
    throw usage(
      `${option}: must be a duration from ${min}s to ${max / 3600}h, got: '${value}'. For example ${option} ${example}.`,
    );
  }
  return seconds;
}

function numberOf(option: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max)
    throw usage(`${option}: must be a number from ${min} to ${max}, got: '${value}'.`);
  return number;
}

function exclude(option: string, value: string | boolean | undefined, why: string): void {
  const got = typeof value === 'string' ? `, got: '${value}'` : '';
  if (value !== undefined) throw usage(`${option}: ${why}${got}. Leave it out.`);
}

function usage(message: string): CliError {
  return new CliError(message, ExitCode.USAGE);
}
