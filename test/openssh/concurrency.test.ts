// Runs that meet: other runs of the script, the first boot's snippet, and runs that were killed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { find } from '../../bin/test-bed/openssh';
import type { Outcome } from '../../bin/test-bed/unprivileged';
import { FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';
import { AMAZON_LINUX_2, DEBIAN_12, FaultsMachine, sameFiles, verdictOf, type Files } from './faults-machine';

jest.setTimeout(120_000);

const ROUNDS = 12;

describe.each([
  ['a block', AMAZON_LINUX_2],
  ['a drop-in', DEBIAN_12],
])('With %s', (_, props) => {
  describeWith(['sshd', 'ssh', 'dash'], 'runs at the same time', () => {
    let machine: FaultsMachine;
    let shipped: Files;
    beforeEach(async () => {
      machine = await FaultsMachine.create(props);
      shipped = machine.files();
    });
    afterEach(() => machine.dispose());

    /** No leftovers, valid files, and a Remove that gives back the original. */
    const mustBeSound = async (): Promise<void> => {
      expect(machine.leftovers()).toEqual([]);
      expect(await machine.isValid()).toBe(true);
      expect(await machine.isUp()).toBe(true);
      const bytes = Object.values(machine.files()).map((file) => file.bytes.toString());
      expect(bytes.join('').match(/# BEGIN cdk-ssh-keepalive/g)).toHaveLength(1);
      expect((await machine.act('Remove')).status).toBe(0);
      expect(sameFiles(machine.files(), shipped)).toBe(true);
    };

    it('end in the values of one of twenty, and each says what it did', async () => {
      const intervals = Array.from({ length: 20 }, (_, index) => `${10 + index}`);
      const outcomes = await Promise.all(intervals.map((interval) => machine.act('Apply', interval)));
      const summary = outcomes.map((outcome) => [outcome.status, verdictOf(outcome).verdict, outcome.stderr]);
      expect(summary).toEqual(intervals.map(() => [0, 'changed', '']));
      expect(outcomes.map((outcome) => verdictOf(outcome).interval)).toEqual(intervals);
      const now = /^clientaliveinterval (\d+)$/m.exec(await machine.effective())?.[1];
      expect(intervals).toContain(now);
      expect(await machine.effective()).toMatch(/^clientalivecountmax 120$/m);
      // One after the other: each began with what the one before it had left.
      expect(machine.restarts()).toBe(20);
      await mustBeSound();
    });

    it('end in the values of the script where it races the first boot', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const first = machine.root.run(FIRST_BOOT_SNIPPET);
        await delay(round * 15);
        const [outcome] = await Promise.all([machine.act('Apply', '30'), first]);
        expect([round, outcome.status, outcome.stderr]).toEqual([round, 0, '']);
        // The snippet changes nothing that it finds done, so whoever came first, the script's values are left.
        expect(await machine.effective()).toMatch(/^clientaliveinterval 30$/m);
        await mustBeSound();
      }
    });

    it('agree where the script and the first boot want the same', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const restarts = machine.restarts();
        const [outcome] = await Promise.all([machine.act('Apply'), machine.root.run(FIRST_BOOT_SNIPPET)]);
        expect([round, outcome.status, outcome.stderr]).toEqual([round, 0, '']);
        expect(machine.restarts() - restarts).toBeLessThanOrEqual(2);
        await mustBeSound();
      }
    });

    it('may add, check and remove in any order', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const outcomes: Outcome[] = await Promise.all([
          ...['Apply', 'Remove', 'Check', 'Apply', 'Remove'].map((action) => machine.act(action)),
          machine.root.run(FIRST_BOOT_SNIPPET),
        ]);
        expect(outcomes.filter(({ status }) => status !== 0 && status !== 1)).toEqual([]);
        expect(machine.leftovers()).toEqual([]);
        expect(await machine.isValid()).toBe(true);
        expect((await machine.act('Remove')).status).toBe(0);
        expect(sameFiles(machine.files(), shipped)).toBe(true);
      }
    });

    it('do not wait for one that was killed while it held the lock', async () => {
      machine.root.write(
        'usr/bin/awk',
        // The first command after the lock; kills the run, as out-of-memory would, and leaves a child of it behind.
        `#!/bin/sh\nrm -f '${machine.root.in('usr/bin/awk')}'\nkill -KILL "$PPID"\nexec sleep 1\n`,
        0o755,
      );
      const killed = machine.act('Apply', '30');
      // From then on the next run finds the true awk.
      while (existsSync(machine.root.in('usr/bin/awk'))) await sleep(10);
      const next = await machine.act('Apply', '40');
      await killed;
      expect([next.status, verdictOf(next).verdict]).toEqual([0, 'changed']);
      expect(await machine.effective()).toMatch(/^clientaliveinterval 40$/m);
      await mustBeSound();
    });

    it('do not keep the lock in the sshd that they start', async () => {
      await machine.act('Apply');
      await machine.root.run(FIRST_BOOT_SNIPPET);
      const lock = machine.root.in('run/cdk-ssh-keepalive.lock');
      const probe = spawn(find('flock') ?? 'flock', ['-n', lock, 'true']);
      expect(await new Promise((resolve) => probe.once('close', resolve))).toBe(0);
    });
  });
});

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
