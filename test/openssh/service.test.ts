// What the script does when systemctl is missing, fails, hangs or lies: everything is restored, and the exit code says so.
import { readFileSync } from 'node:fs';
import { find } from '../../bin/test-bed/openssh';
import type { PrivateRootProps } from '../../bin/test-bed/private-root';
import { FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';
import { AMAZON_LINUX_2, DEBIAN_12, FaultsMachine, sameFiles, verdictOf, withoutLeftovers } from './faults-machine';

/** Holds in a stand-in's text where the files hold the new values. */
const newValues = ({ root }: FaultsMachine): string =>
  `grep -qs '^ClientAliveInterval 60' '${root.in('etc/ssh/sshd_config')}' '${root.in('etc/ssh/sshd_config.d')}'/*.conf`;

/** Puts lines before those of the root's systemctl; the call is logged as the root's own would be. */
function systemctlDoesFirst(machine: FaultsMachine, lines: string): void {
  const { root } = machine;
  const systemctl = readFileSync(root.in('usr/bin/systemctl'), 'utf8');
  const logged = `log() { echo "$*" >>'${root.in('systemctl.log')}'; }`;
  root.write('usr/bin/systemctl', systemctl.replace('#!/bin/sh\n', `#!/bin/sh\n${logged}\n${lines}\n`), 0o755);
}

/** What systemd does before it cannot start a unit again. */
const stopped = ({ unit }: FaultsMachine): string => `"$0-of-the-root" stop ${unit}`;

/** The unit is called active after a restart with the new values, but nothing listens. */
function activeButDeaf(machine: FaultsMachine): void {
  const stop = `"$0-of-the-root" stop ${machine.unit}`;
  const isOurs = `[ "\${3-$2}" = ${machine.unit} ]`;
  const fake = `case $1 in
  restart) log "$@"; ${stop}; exit 0 ;;
  is-active) ${isOurs} && log "$@" && exit 0 ;;
esac`;
  systemctlDoesFirst(machine, `if ${newValues(machine)}; then ${fake}; fi`);
}

/** A minute of the script's patience takes a second here. */
function shortenPatience({ root }: FaultsMachine): void {
  root.write('usr/bin/timeout', `#!/bin/sh\nshift\nexec ${find('timeout') ?? 'timeout'} 1 "$@"\n`, 0o755);
}

describe.each([
  ['a block', AMAZON_LINUX_2],
  ['a drop-in', DEBIAN_12],
])('With %s', (_, props) => {
  describeWith(['sshd', 'ssh', 'dash'], 'the script', () => {
    const machines: FaultsMachine[] = [];
    const start = async (given: Omit<PrivateRootProps, 'openSsh'> = props): Promise<FaultsMachine> => {
      const machine = await FaultsMachine.create(given);
      machines.push(machine);
      return machine;
    };
    afterEach(() => machines.splice(0).forEach((machine) => machine.dispose()));

    /** Runs Apply, which must fail for the given reason with all restored and no more than two restarts. */
    const mustRestore = async (machine: FaultsMachine, reason: string, restarts: number): Promise<string> => {
      const before = machine.files();
      const outcome = await machine.act('Apply');
      expect([outcome.status, verdictOf(outcome)]).toEqual([2, expect.objectContaining({ verdict: 'failed', reason })]);
      expect(sameFiles(machine.files(), before)).toBe(true);
      expect(machine.leftovers()).toEqual([]);
      expect(machine.restarts()).toBe(restarts);
      expect(await machine.isUp()).toBe(true);
      return outcome.stdout;
    };

    it('restores and restarts where the restart with the new values fails', async () => {
      const machine = await start();
      systemctlDoesFirst(
        machine,
        `[ "$1" = restart ] && ${newValues(machine)} && log "$@" && ${stopped(machine)} && exit 1`,
      );
      expect(await mustRestore(machine, 'restart', 2)).toContain('Everything was rolled back.');
      expect(machine.root.systemctlCalls()).toContain(`reset-failed ${machine.unit}`);
    });

    it('restores and restarts where the restart with the new values hangs', async () => {
      const machine = await start();
      shortenPatience(machine);
      systemctlDoesFirst(
        machine,
        `[ "$1" = restart ] && ${newValues(machine)} && log "$@" && ${stopped(machine)} && exec sleep 30`,
      );
      await mustRestore(machine, 'restart', 2);
    });

    it('restores and restarts where the unit is active after the restart, but nothing listens', async () => {
      const machine = await start();
      activeButDeaf(machine);
      await mustRestore(machine, 'restart', 2);
    }, 30_000);

    it('sees that nothing listens also where sshd has been told to listen on IPv4 only', async () => {
      const sshdConfig = Buffer.concat([Buffer.from('ListenAddress 127.0.0.1\n'), props.sshdConfig]);
      const machine = await start({ ...props, sshdConfig });
      activeButDeaf(machine);
      await mustRestore(machine, 'restart', 2);
    }, 30_000);

    it('restores and restarts where sshd runs after the restart, but listens on another port as well', async () => {
      const machine = await start();
      const listen = machine.root.in('listen');
      const other = `sed -i 's/ -o ListenAddress/ -p ${machine.root.port - 1} -o ListenAddress/' '${listen}'`;
      const restart = `cp '${listen}' '${listen}.old'; ${other}; "$0-of-the-root" restart ${machine.unit}; mv '${listen}.old' '${listen}'; exit 0`;
      systemctlDoesFirst(machine, `if [ "$1" = restart ] && ${newValues(machine)}; then ${restart}; fi`);
      expect(await mustRestore(machine, 'restart', 2)).toContain('listens on other sockets than before');
    });

    it('restores and restarts where the unit is not active after a restart that succeeded', async () => {
      const machine = await start();
      const fake = `[ "$1" = restart ] && log "$@" && exec "$0-of-the-root" stop ${machine.unit}`;
      systemctlDoesFirst(machine, `if ${newValues(machine)}; then ${fake}; fi`);
      await mustRestore(machine, 'restart', 2);
    });

    it.each([
      ['is broken', 'echo "Failed to connect to bus" >&2; exit 1'],
      ['hangs at once', 'exec sleep 30'],
    ])('changes nothing where systemctl %s', async (_, lines) => {
      const machine = await start();
      shortenPatience(machine);
      const systemctl = readFileSync(machine.root.in('usr/bin/systemctl'), 'utf8');
      systemctlDoesFirst(machine, lines);
      const before = machine.files();
      const outcome = await machine.act('Apply');
      expect([outcome.status, verdictOf(outcome).reason]).toEqual([2, 'service']);
      expect(outcome.stdout).toContain('Nothing was changed.');
      expect(sameFiles(machine.files(), before)).toBe(true);
      machine.root.write('usr/bin/systemctl', systemctl, 0o755);
      expect(await machine.isUp()).toBe(true);
    });

    it('says that it could not undo it, with exit 3, where no restart works any more; the files are restored', async () => {
      const machine = await start();
      systemctlDoesFirst(machine, `[ "$1" = restart ] && log "$@" && ${stopped(machine)} && exit 1`);
      const before = machine.files();
      const outcome = await machine.act('Apply');
      expect([outcome.status, verdictOf(outcome).reason]).toEqual([3, 'restart']);
      expect(sameFiles(withoutLeftovers(machine.files()), before)).toBe(true);
      expect(machine.restarts()).toBe(2);
    });

    it('does no more than two restarts where every one of them hangs', async () => {
      const machine = await start();
      shortenPatience(machine);
      systemctlDoesFirst(machine, `[ "$1" = restart ] && log "$@" && ${stopped(machine)} && exec sleep 30`);
      const before = machine.files();
      const outcome = await machine.act('Apply');
      expect([outcome.status, verdictOf(outcome).reason]).toEqual([3, 'restart']);
      expect(sameFiles(withoutLeftovers(machine.files()), before)).toBe(true);
      expect(machine.restarts()).toBe(2);
    });

    it('restores our values where the restart of Remove fails', async () => {
      const machine = await start();
      await machine.act('Apply');
      const applied = machine.files();
      const restarts = machine.restarts();
      systemctlDoesFirst(
        machine,
        `[ "$1" = restart ] && ! ${newValues(machine)} && log "$@" && ${stopped(machine)} && exit 1`,
      );
      const outcome = await machine.act('Remove');
      expect([outcome.status, verdictOf(outcome).reason]).toEqual([2, 'restart']);
      expect(sameFiles(machine.files(), applied)).toBe(true);
      expect(machine.leftovers()).toEqual([]);
      expect(machine.restarts() - restarts).toBe(2);
      expect(await machine.isUp()).toBe(true);
    });

    it('leaves nothing of the first boot, and sshd running, where the restart with the new values fails or lies', async () => {
      const machine = await start();
      const before = machine.files();
      for (const ending of ['exit 1', `exec "$0-of-the-root" stop ${machine.unit}`]) {
        systemctlDoesFirst(machine, `[ "$1" = restart ] && ${newValues(machine)} && log "$@" && ${ending}`);
        const restarts = machine.restarts();
        expect((await machine.root.run(FIRST_BOOT_SNIPPET)).status).toBe(0);
        expect(sameFiles(machine.files(), before)).toBe(true);
        expect(machine.leftovers()).toEqual([]);
        expect(machine.restarts() - restarts).toBe(2);
        expect(await machine.isUp()).toBe(true);
      }
    });
  });
});
