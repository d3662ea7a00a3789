// The result for people: what was found, what it means for their sessions, and the lines to change.
import { GREEN, RED, RESET, YELLOW } from '../../shared/colors';
import type { SshSettings } from '../connections/ssh-settings';
import type { DirectionResult, End, Measurement } from '../measurement/measure';
import type { Conclusion } from './conclusion';
import { duration, inSeconds } from './duration';
import { isNarrow } from './hops';

/** The same dead peer is noticed in about six minutes on the laptop, and two hours on the server, whatever the interval. */
const DEAD_SERVER_SECONDS = 300;
const DEAD_CLIENT_SECONDS = 7200;

/** Everything that the text names. */
export interface Subject {
  /** Of the path. */
  readonly name: string;
  /** As it was typed after ssh; undefined over TCP. */
  readonly host: string | undefined;
  /** Of the user's ssh for this host; undefined over TCP. */
  readonly settings: SshSettings | undefined;
}

/** Lines for stdout. */
export function text(measurement: Measurement, conclusion: Conclusion, subject: Subject, color: boolean): string {
  const { directions, seconds } = measurement;
  const connections = directions.reduce((sum, one) => sum + one.connections, 0);
  const paint = (line: string): string => (color ? `${colorOf(conclusion)}${line}${RESET}` : line);
  const lines = [
    `${subject.name}: ${connections} idle connections, measured for ${duration(seconds)}`,
    '',
    ...directions.map((one) => `  ${one.direction} speaks first  ${describeDirection(one, measurement)}`),
    '',
    ...summary(measurement, conclusion, subject).map(paint),
    ...explanations(measurement, conclusion, subject),
    ...advice(conclusion, subject),
  ];
  return `${lines.join('\n')}\n`;
}

function colorOf({ finding, exitCode }: Conclusion): string {
  if (finding === 'unknown') return YELLOW;
  return exitCode === 0 ? GREEN : RED;
}

/** What is known about one direction, in one line. */
export function describeDirection(
  { lower, upper, keepaliveInterval }: Pick<DirectionResult, 'lower' | 'upper' | 'keepaliveInterval'>,
  { max }: Pick<Measurement, 'max'>,
): string {
  if (upper !== undefined)
    return lower === 0
      ? `dropped within ${duration(upper)}`
      : `alive after ${duration(lower)}, dropped after ${duration(upper)}`;
  if (keepaliveInterval > 0) return `alive; the server sends a keepalive every ${duration(keepaliveInterval)}`;
  if (lower === 0) return 'not known yet';
  return `alive after ${duration(lower)}${lower >= max ? ', the longest silence of this run' : ''}`;
}

function summary(measurement: Measurement, conclusion: Conclusion, { host, settings }: Subject): string[] {
  const { finding, shortest, limit = 0, survives } = conclusion;
  if (finding === 'limit' || finding === 'closed') {
    const { lower = 0, upper = 0 } = shortest ?? {};
    const words = limit < 60 ? '' : ` (${duration(limit)})`;
    const about = isNarrow({ lower, upper }) ? `about ${inSeconds(limit)}${words}: ` : 'a time ';
    const first =
      `Idle connections are ${finding === 'limit' ? 'dropped' : 'closed'} after ${about}` +
      `between ${inSeconds(lower)} and ${inSeconds(upper)}.`;
    if (!settings) return [first];
    const { interval, countMax } = settings;
    const now =
      interval === 0 ? 'sends no keepalive' : `has ServerAliveInterval ${interval}, ServerAliveCountMax ${countMax}`;
    return [first, `Your ssh ${now} for ${host}: idle sessions ${survives ? 'stay connected' : 'drop'}.`];
  }
  const ends =
    settings && survives === false
      ? [`But ServerAliveCountMax 0 ends healthy sessions after ${settings.interval} s. Set 1 or more.`]
      : [];
  if (finding === 'none') return [`No idle limit up to ${duration(measurement.max)}.`, ...ends];
  if (finding === 'keepalives')
    return [
      'The server sends keepalives, so idle sessions stay connected. The limit of the path is longer, and not known.',
      ...ends,
    ];
  return [`Not measured: ${ENDS[measurement.end ?? 'complete']}.`];
}

const ENDS: Readonly<Record<End, string>> = {
  complete: 'the connections ended before the limit was known',
  interrupted: 'interrupted',
  outage: 'there was an outage, the control connection did not answer either',
  slept: 'the computer slept, or its clock was set. Keep it awake: caffeinate -i on macOS, systemd-inhibit on Linux',
  stopped: 'this program was stopped for some seconds, with Ctrl-Z or by a busy machine',
  'address-changed': 'a network address of this computer went away, and its connections with it',
};

function explanations(
  measurement: Measurement,
  { finding, hop, shortest }: Conclusion,
  { settings }: Subject,
): string[] {
  const { directions, refusal, outages, end, failure } = measurement;
  const [client, server] = directions;
  const lines: string[] = [];
  if (finding === 'limit') {
    if (hop) lines.push(`It looks like ${hop.names}: ${hop.seconds} s.`);
    else if (shortest && isNarrow(shortest))
      lines.push('It matches no cloud default: probably a router, a firewall or a carrier, or a timeout that you set.');
    if (client?.upper === undefined && server?.upper !== undefined)
      lines.push(
        'Packets from the client restore the entry; packets from the server are lost. Output that comes after a pause is lost.',
      );
  }
  if (finding === 'closed') {
    lines.push(`Reason: ${shortest?.reasons[0] ?? 'unknown'}.`);
    lines.push(
      'The server closes them by a rule of its own: change ChannelTimeout in sshd_config. Keepalives do not help.',
    );
  }
  if (finding === 'unknown' && end !== 'interrupted') {
    const reason = failure ?? directions.flatMap(({ reasons }) => reasons)[0];
    if (reason !== undefined) lines.push(`The connections reported: ${reason}.`);
  }
  const odd = directions.flatMap((one) => one.contradictions);
  if (odd.length > 0)
    lines.push(
      `${odd.length} of the connections were dropped earlier than others that lived: several routes, or a hop with too little memory.`,
    );
  if (outages > 0 && finding !== 'unknown')
    lines.push(
      `There ${outages === 1 ? 'was an outage' : `were ${outages} outages`}; tests of that time were repeated.`,
    );
  if (refusal !== undefined) lines.push(`The server accepted no more connections, so it took longer. ${refusal}`);
  if (settings?.proxy !== undefined) lines.push(throughProxy(settings.proxy));
  if (settings?.isShared)
    lines.push(
      'ControlMaster is set: your sessions share the first connection, with the keepalive that it began with.',
    );
  return lines;
}

function throughProxy(proxy: string): string {
  const isCommand = /\s/.test(proxy);
  const first = `The connection goes through ${proxy}. The limit can be on either leg`;
  return isCommand
    ? `${first}.`
    : `${first}; keepalives that your ssh_config has for ${proxy} keep the first one alive.`;
}

function advice(
  { finding, recommendedInterval: interval, survives }: Conclusion,
  { host, settings }: Subject,
): string[] {
  if (finding === 'unknown') return [];
  if (finding === 'none' && survives !== false)
    return [
      '',
      'If sessions drop all the same, look for a longer limit with --max, or for another cause:',
      '  https://github.com/cdk-ssh-keepalive/cdk-ssh-keepalive/blob/main/docs/why.md',
    ];
  if (finding !== 'limit' || survives) return survives ? ['', 'There is nothing to change.'] : [];
  const name = host === undefined ? '*' : hostOf(host);
  const more = settings?.interval
    ? ['  (or edit your own line; npx cdk-ssh-keepalive client check shows where it is)']
    : [];
  return [
    '',
    `Set an interval of ${interval} s on one end at least:`,
    ...(interval === 60
      ? ['  npx cdk-ssh-keepalive client install', '', 'By hand, in ~/.ssh/config:']
      : ['', 'In ~/.ssh/config:']),
    `  Host ${name}`,
    `    ServerAliveInterval ${interval}`,
    `    ServerAliveCountMax ${Math.ceil(DEAD_SERVER_SECONDS / interval)}`,
    ...more,
    '',
    'In the CDK app, for the server:',
    "  new SshKeepalive(stack, 'SshKeepalive', {",
    '    targets: [...],',
    `    keepalive: ServerKeepalive.of({ interval: Duration.seconds(${interval}), countMax: ${Math.ceil(DEAD_CLIENT_SECONDS / interval)} }),`,
    '  });',
  ];
}

/** Without the user, and without the scheme and the port of a URI, as a `Host` line has it. */
function hostOf(destination: string): string {
  const [, authority] = /^ssh:\/\/([^/]*)/.exec(destination) ?? [];
  const host = (authority ?? destination).replace(/^.*@/, '');
  if (authority === undefined) return host;
  const [, bracketed] = /^\[([^\]]*)\]/.exec(host) ?? [];
  return bracketed ?? host.replace(/:.*$/, '');
}
