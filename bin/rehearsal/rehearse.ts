// The rehearsal: two servers, one with the sshd_config of the image and one with the deployed settings, and four idle
// sessions over a path that forgets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EchoServer } from '../test-bed/echo-server';
import type { OpenSsh } from '../test-bed/openssh';
import { PrivateRoot } from '../test-bed/private-root';
import { Relay } from '../test-bed/relay';
import { Session } from '../test-bed/session';
import { COMBINATIONS, COMBINATION_NAMES, type SessionResult } from './combinations';
import { type EffectiveKeepalive, deploy, effectiveKeepalive } from './deploy';
import type { Display } from './display';
import { KeepaliveDetector } from './keepalive-detector';
import type { Recording, SessionEvent, SessionRecording } from './recording';
import type { Deployment } from './templates';

/** In seconds of the rehearsal. */
const SECONDS = { interval: 60, forgetsAfter: 120, idle: 300, patience: 60 } as const;

/** Through loopback an echo arrives at once; a busy machine needs more. */
const LEAST_PATIENCE_MS = 2_000;

const STOCK_FILE = join(__dirname, '..', '..', 'test', 'fixtures', 'al2-stock-sshd_config');

/** What a rehearsal needs. */
export interface RehearseProps {
  readonly openSsh: OpenSsh;
  /** Synthesizes the app with these context values, and returns what it would deploy. */
  readonly synthesize: (context: Record<string, string | number>) => Promise<Deployment>;
  /** How many seconds of the rehearsal pass in one second. */
  readonly scale: number;
  readonly display: Display;
}

/** Runs it. Everything that it starts has ended when it returns or throws. */
export async function rehearse(props: RehearseProps): Promise<Recording> {
  const cleanUp: (() => void)[] = [];
  const makeServer = async (): Promise<PrivateRoot> => {
    const root = await PrivateRoot.create({ openSsh: props.openSsh, sshdConfig: readFileSync(STOCK_FILE) });
    cleanUp.push(() => root.dispose());
    await root.start();
    return root;
  };
  try {
    const { display, scale } = props;
    const [stock, deployed] = [await makeServer(), await makeServer()];
    const sshd = /OpenSSH_[\w.]+/.exec(await stock.greeting())?.[0] ?? 'sshd of an unknown version';
    const settings = ({ interval, countMax }: EffectiveKeepalive): string =>
      `ClientAliveInterval ${Number(interval) * scale} s, ClientAliveCountMax ${countMax}`;
    display.note(`Two servers run ${sshd} with the sshd_config of Amazon Linux 2. One gets what the stacks deploy.`);
    display.note(`  before        ${settings(await effectiveKeepalive(stock))}`);

    const deployment = await props.synthesize({
      demoInstance: 'al2',
      interval: serverInterval(sshd) / scale,
      clientInterval: SECONDS.interval / scale,
    });
    const result = await deploy(deployed, deployment);
    // User data holds constants, which no scale shortens.
    const { interval, countMax } = result.afterFirstBoot;
    display.note(`  first boot    ClientAliveInterval ${interval} s, ClientAliveCountMax ${countMax}`);
    display.note(`  association   ${settings(result.afterAssociation)}`);
    if (serverInterval(sshd) !== SECONDS.interval) {
      display.note(
        '                (sshd 9.2 to 9.4 sends a keepalive every two intervals, so the interval here is halved)',
      );
    }

    const echo = await EchoServer.listen();
    cleanUp.push(() => echo.close());
    const sessions = await leaveIdle(props, deployment, echo, { stock, deployed }, cleanUp);
    return {
      scale,
      sshd,
      path: { forgetsAfterSeconds: SECONDS.forgetsAfter },
      idleSeconds: SECONDS.idle,
      sessions,
    };
  } finally {
    props.display.stop();
    for (const step of cleanUp.reverse()) step();
  }
}

async function leaveIdle(
  { scale, display, openSsh }: RehearseProps,
  deployment: Deployment,
  echo: EchoServer,
  roots: { readonly stock: PrivateRoot; readonly deployed: PrivateRoot },
  cleanUp: (() => void)[],
): Promise<SessionRecording[]> {
  const scaledMs = (seconds: number): number => (seconds * 1000) / scale;
  let idleSince = performance.now();
  const elapsed = (): number => ((performance.now() - idleSince) / 1000) * scale;

  display.note();
  display.note(
    `Four idle sessions of ${openSsh.ssh}, on a path that forgets a connection after ${SECONDS.forgetsAfter / 60} idle minutes.`,
  );
  display.note(scale === 1 ? 'In real time.' : `${scale} times faster than real time: a minute takes ${60 / scale} s.`);
  display.note();

  const sessions = await Promise.all(
    COMBINATION_NAMES.map(async (combination) => {
      const { serverKeepalive, clientKeepalive } = COMBINATIONS[combination];
      const root = serverKeepalive ? roots.deployed : roots.stock;
      const events: SessionEvent[] = [];
      const record = (type: SessionEvent['type']): void => {
        const event = { atSeconds: elapsed(), type };
        events.push(event);
        display.event(combination, event);
      };
      const detector = new KeepaliveDetector((from) => record(`${from}-keepalive`));
      const relay = await Relay.listen({
        targetPort: root.port,
        forgetAfterMs: scaledMs(SECONDS.forgetsAfter),
        onTraffic: (from) => detector.traffic(from),
        onForgotten: () => record('path-forgets'),
      });
      cleanUp.push(() => relay.close());
      const configFile = `${combination}.ssh_config`;
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
      return { combination, session, detector, events };
    }),
  );

  // All sessions begin to be idle at the same moment.
  await Promise.all(sessions.map(({ session }) => session.echo(scaledMs(SECONDS.patience))));
  idleSince = performance.now();
  display.start(elapsed, SECONDS.idle);
  for (const { detector } of sessions) detector.start();
  await sleep(scaledMs(SECONDS.idle));

  const tryOut = async ({
    combination,
    session,
    detector,
    events,
  }: (typeof sessions)[number]): Promise<SessionRecording> => {
    detector.stop();
    const answered = await session.echo(Math.max(scaledMs(SECONDS.patience), LEAST_PATIENCE_MS));
    const result: SessionResult = answered ? 'alive' : 'dropped';
    display.result(combination, result);
    return { combination, label: COMBINATIONS[combination].label, events, result, sshMessage: session.message };
  };
  const recordings = await Promise.all(sessions.map(tryOut));
  display.finish(SECONDS.idle);
  return recordings;
}

/**
 * The ClientAliveInterval with which sshd sends a keepalive every 60 s.
 *
 * sshd 9.2 to 9.4 sends one every two intervals (fixed in 9.5, OpenSSH commit 9d7193a83), so an interval of 60 s loses a
 * race against a path that forgets after 120 s.
 */
function serverInterval(sshd: string): number {
  return /^OpenSSH_9\.[234]\D/.test(sshd) ? SECONDS.interval / 2 : SECONDS.interval;
}
