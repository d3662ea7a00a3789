// The rehearsal itself: two machines, one as shipped and one as deployed, a forgetful path to each, and four sessions that
// nobody types into. Knows nothing about command lines.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Combination, Fate, Fates } from './combinations';
import { COMBINATIONS, combinations } from './combinations';
import { EchoServer } from '../test-bed/echo-server';
import type { OpenSsh } from '../test-bed/openssh';
import { PrivateRoot } from '../test-bed/private-root';
import type { End } from '../test-bed/relay';
import { Relay } from '../test-bed/relay';
import { Session } from '../test-bed/session';
import type { Style } from './style';
import type { Deployment } from './templates';
import type { Timeline } from './timeline';
import { minutes } from './timeline';

/** In seconds of the told time. */
export const TOLD = { interval: 60, forgetAfter: 120, idle: 300, patience: 60 } as const;

const STOCK_FILE = join(__dirname, '..', '..', 'test', 'fixtures', 'al2-stock-sshd_config');

/** What a rehearsal needs. */
export interface RehearseProps {
  readonly openSsh: OpenSsh;
  /** Synthesizes the app with these values in its context, and takes out what it would deploy. */
  readonly synthesize: (context: Record<string, string | number>) => Promise<Deployment>;
  readonly scale: number;
  readonly timeline: Timeline;
  readonly style: Style;
}

/** What came out of it. */
export interface Outcome {
  readonly scale: number;
  /** The sshd that took part. */
  readonly sshd: string;
  readonly combinations: Fates;
}

/** Runs it. */
export async function rehearse(props: RehearseProps): Promise<Outcome> {
  const cleanUp: (() => void)[] = [];
  const make = async (): Promise<PrivateRoot> => {
    const root = await PrivateRoot.create({ openSsh: props.openSsh, sshdConfig: readFileSync(STOCK_FILE) });
    cleanUp.push(() => root.dispose());
    await root.start();
    return root;
  };
  try {
    const [shipped, deployed] = [await make(), await make()];
    const { timeline, scale } = props;
    const sshd = /OpenSSH_[\w.]+/.exec(await shipped.greeting())?.[0] ?? 'an sshd of unknown version';
    const interval = intervalFor(sshd);
    timeline.say(`Two servers run ${sshd} on this machine's loopback, with the sshd_config that Amazon Linux 2 ships.`);
    timeline.say(`  as shipped    ${settings(await effective(shipped))}`);
    timeline.say('The stacks are synthesized, and one of the servers gets what they would deploy:');
    const deployment = await props.synthesize({
      demoInstance: 'al2',
      interval: interval / scale,
      clientInterval: TOLD.interval / scale,
    });
    await deploy(deployed, deployment, timeline);
    if (interval !== TOLD.interval) {
      timeline.say(
        `  (sshd 9.2 to 9.4 may wait twice as long as they are told; this one is told ${interval} s, for a minute.)`,
      );
    }

    const echo = await EchoServer.listen();
    cleanUp.push(() => echo.close());
    const fates = await sitIdle(props, deployment, echo, { shipped, deployed }, cleanUp);
    return { scale, sshd, combinations: fates };
  } finally {
    for (const step of cleanUp.reverse()) step();
  }
}

/** Does to a server what the deployed stacks do to an instance. */
async function deploy(root: PrivateRoot, deployment: Deployment, timeline: Timeline): Promise<void> {
  const before = await effective(root);
  // cloud-init runs user data by its first line.
  const shell = /^#!\s*(\S+)/.exec(deployment.firstBoot)?.[1] ?? 'sh';
  const boot = await root.run(deployment.firstBoot, { shell });
  const booted = await effective(root);
  if (settings(booted) === settings(before)) {
    throw new Error(
      `The user data changed nothing (exit status ${boot.status ?? 'none'}):\n${boot.stdout}${boot.stderr}`,
    );
  }
  timeline.say(`  first boot    ${settings(booted)} (the user data of the synthesized instance)`);

  const applied = await root.run(deployment.documentScript, { env: deployment.parameters });
  const [verdict = ''] = applied.stdout.split('\n');
  if (applied.status !== 0) {
    throw new Error(
      `The document's script failed (exit status ${applied.status ?? 'none'}):\n${applied.stdout}${applied.stderr}`,
    );
  }
  timeline.say(`  association   ${settings(await effective(root))} (the document's script, with its parameters)`);
  const [name = '', ...pairs] = verdict.replaceAll(root.path, '').split(' ');
  timeline.say(`                ${name} ${pairs.slice(0, 4).join(' ')}`);
  timeline.say(`                ${pairs.slice(4).join(' ')}`);
}

async function sitIdle(
  props: RehearseProps,
  deployment: Deployment,
  echo: EchoServer,
  roots: { readonly shipped: PrivateRoot; readonly deployed: PrivateRoot },
  cleanUp: (() => void)[],
): Promise<Fates> {
  const { scale, timeline, style, openSsh } = props;
  const scaledMs = (told: number): number => (told * 1000) / scale;

  timeline.say();
  timeline.say(
    `Four sessions of ${openSsh.ssh} go through a path that forgets connections idle for ${minutes(TOLD.forgetAfter)}.`,
  );
  timeline.say(
    scale === 1
      ? 'Time is real.'
      : `Time is scaled ${scale} to 1: a minute takes ${60 / scale} s, on the path and in the app's intervals alike.`,
  );
  timeline.say();

  const sessions = await Promise.all(
    combinations().map(async (name) => {
      const { label, serverKeepalive, clientKeepalive } = COMBINATIONS[name];
      const root = serverKeepalive ? roots.deployed : roots.shipped;
      const watcher = new Watcher((from) =>
        timeline.tell(label, `keepalive from ${from === 'server' ? 'sshd' : 'ssh'}`),
      );
      const relay = await Relay.listen({
        targetPort: root.port,
        forgetAfterMs: scaledMs(TOLD.forgetAfter),
        onTraffic: (from) => watcher.traffic(from),
        onForgotten: () => timeline.tell(label, style.bad('the path forgets this connection, and tells nobody')),
      });
      cleanUp.push(() => relay.close());
      const configFile = `${name}.ssh_config`;
      root.write(configFile, clientKeepalive ? deployment.clientSnippet : '');
      const session = await Session.open({
        ssh: openSsh.ssh,
        folder: root.path,
        user: root.userName,
        identityFile: root.in('user_key'),
        knownHostsFile: root.in('known_hosts'),
        port: relay.port,
        echoPort: echo.port,
        configFile: root.in(configFile),
      });
      cleanUp.push(() => session.close());
      return { name, label, session, watcher };
    }),
  );

  // All begin to be idle at the same moment.
  await Promise.all(sessions.map(({ session }) => session.echo(scaledMs(TOLD.patience))));
  const idleSince = performance.now();
  timeline.start();
  timeline.tell('all', 'sessions are open, a line came back through each; from now on nobody types');
  for (const { watcher } of sessions) watcher.watch();
  await sleep(scaledMs(TOLD.idle));
  timeline.tell('all', 'a line is typed into each session');

  const fates = sessions.map(async ({ name, label, session, watcher }): Promise<[Combination, Fate]> => {
    watcher.stop();
    const idleSeconds = Math.round(((performance.now() - idleSince) / 1000) * scale);
    // Through loopback it comes back at once; the rest is patience with a busy machine.
    const answered = await session.echo(Math.max(scaledMs(TOLD.patience), 2_000));
    timeline.tell(
      label,
      answered
        ? style.good('it comes back: the session is alive')
        : style.bad('nothing comes back: the session was dropped'),
    );
    return [name, { dropped: !answered, idleSeconds, sshMessage: session.message }];
  });
  return Object.fromEntries(await Promise.all(fates)) as Fates;
}

/** Tells keepalives from the answers to them: whoever breaks a silence has sent one. */
class Watcher {
  private static readonly SILENCE_MS = 200;
  private watching = false;
  private last = -Infinity;

  constructor(private readonly onKeepalive: (from: End) => void) {}

  watch(): void {
    this.watching = true;
  }

  stop(): void {
    this.watching = false;
  }

  traffic(from: End): void {
    const now = performance.now();
    if (this.watching && now - this.last > Watcher.SILENCE_MS) this.onKeepalive(from);
    this.last = now;
  }
}

/**
 * What the construct is given, so that sshd sends every 60 s.
 *
 * sshd 9.2 to 9.4 let an idle session wait for up to two intervals before each keepalive; 9.5 mended it (OpenSSH commit
 * 9d7193a83). A path that forgets after two minutes is then a moment too fast for a minute's interval.
 */
function intervalFor(sshd: string): number {
  return /^OpenSSH_9\.[234]\D/.test(sshd) ? TOLD.interval / 2 : TOLD.interval;
}

interface Effective {
  readonly interval: string;
  readonly countMax: string;
}

/** The truth about a server: what `sshd -T` says. */
async function effective(root: PrivateRoot): Promise<Effective> {
  const { status, stdout, stderr } = await root.sshd(['-T']);
  if (status !== 0) throw new Error(`sshd -T fails: ${stderr}`);
  const value = (keyword: string): string => new RegExp(`^${keyword} (.*)$`, 'im').exec(stdout)?.[1] ?? 'unset';
  return { interval: value('ClientAliveInterval'), countMax: value('ClientAliveCountMax') };
}

function settings({ interval, countMax }: Effective): string {
  return `ClientAliveInterval ${interval}, ClientAliveCountMax ${countMax}`;
}
