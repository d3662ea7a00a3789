// The commands that the scripts call, and that they call no others. A minimal Amazon Linux 2 image has all of these: they
// are those of coreutils, bash, util-linux, sed, grep, gawk and systemd.
import { linkSync, rmSync, symlinkSync } from 'node:fs';
import type { Outcome } from '../../bin/test-bed/unprivileged';
import { DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';
import { AMAZON_LINUX_2, DEBIAN_12, FALLBACK, FaultsMachine, sameFiles, verdictOf } from './faults-machine';
import { SHELLS, runWithOnly } from './minimal-commands';

/** Without one of these the script changes nothing. systemctl, which it also needs, belongs to the private root. */
const NEEDED = 'awk cat cp date dd flock grep ls mkdir mv rm sed sleep stat timeout tr'.split(' ');
/** readlink follows a link, head shortens what is shown, sync flushes folders where it can. */
const DOCUMENT_COMMANDS = [...NEEDED, 'head', 'ln', 'readlink', 'sync'];
const FIRST_BOOT_COMMANDS = 'cat cp dd flock grep ln mkdir mv rm stat timeout'.split(' ');

const MACHINES = { AMAZON_LINUX_2, DEBIAN_12, FALLBACK };

jest.setTimeout(30_000);

const machines: FaultsMachine[] = [];
const start = async (name: keyof typeof MACHINES): Promise<FaultsMachine> => {
  const machine = await FaultsMachine.create(MACHINES[name]);
  machines.push(machine);
  return machine;
};
afterEach(() => machines.splice(0).forEach((machine) => machine.dispose()));

describe.each(SHELLS)('Under %s', (shell) => {
  describe.each(['this machine', 'busybox'] as const)(
    'with the tools of %s and a PATH that holds nothing else',
    (tools) => {
      describeWith(['sshd', 'ssh', 'dash', 'bash', 'busybox'], 'the scripts', () => {
        const act = (
          { root }: FaultsMachine,
          action: string,
          { interval = '60', commands = DOCUMENT_COMMANDS }: { interval?: string; commands?: readonly string[] } = {},
        ): Promise<Outcome> => {
          const env = { SSM_Action: action, SSM_ClientAliveInterval: interval, SSM_ClientAliveCountMax: '120' };
          return runWithOnly(root, DOCUMENT_SCRIPT, commands, { shell, tools, env });
        };
        const boot = ({ root }: FaultsMachine, commands: readonly string[] = FIRST_BOOT_COMMANDS): Promise<Outcome> =>
          runWithOnly(root, FIRST_BOOT_SNIPPET, commands, { shell, tools });

        it.each(Object.keys(MACHINES) as (keyof typeof MACHINES)[])('apply, check and remove: %s', async (name) => {
          const machine = await start(name);
          const shipped = machine.files();
          for (const [action, interval, status, verdict] of [
            ['Check', '60', 1, 'drifted'],
            ['Apply', '60', 0, 'changed'],
            ['Apply', '60', 0, 'unchanged'],
            ['Apply', '30', 0, 'changed'],
            ['Check', '30', 0, 'compliant'],
            ['Remove', '30', 0, 'removed'],
            ['Apply', 'x', 2, 'failed'],
          ] as const) {
            const outcome = await act(machine, action, { interval });
            expect([action, outcome.stderr, outcome.status, verdictOf(outcome).verdict]).toEqual([
              action,
              status === 0 ? '' : outcome.stdout,
              status,
              verdict,
            ]);
          }
          expect(sameFiles(machine.files(), shipped)).toBe(true);
          expect(machine.leftovers()).toEqual([]);
        });

        it('show why sshd refuses its configuration, and follow a link', async () => {
          const machine = await start('AMAZON_LINUX_2');
          const link = machine.root.in('etc/ssh/sshd_config');
          linkSync(link, machine.root.in('etc/ssh/real_config'));
          rmSync(link);
          symlinkSync('real_config', link);
          expect((await act(machine, 'Apply')).status).toBe(0);
          machine.root.write('etc/ssh/real_config', 'Nonsense yes\n');
          const { status, stdout, stderr } = await act(machine, 'Apply');
          expect([status, stderr]).toEqual([2, stdout]);
          expect(stdout).toContain('line 1: Bad configuration option: Nonsense');
        });

        it.each(Object.keys(MACHINES) as (keyof typeof MACHINES)[])(
          'set both values at the first boot: %s',
          async (name) => {
            const machine = await start(name);
            expect(await boot(machine)).toEqual({ status: 0, stdout: '', stderr: '' });
            expect(await machine.effective()).toMatch(/^clientaliveinterval 60\nclientalivecountmax 120$/m);
            expect(machine.leftovers()).toEqual([]);
            expect(machine.restarts()).toBe(1);
            expect(await machine.isUp()).toBe(true);
          },
        );

        it('change nothing, and say so, where one of the commands is missing', async () => {
          const machine = await start('DEBIAN_12');
          const shipped = machine.files();
          for (const missing of NEEDED) {
            const outcome = await act(machine, 'Apply', {
              commands: DOCUMENT_COMMANDS.filter((name) => name !== missing),
            });
            expect([missing, outcome.status, verdictOf(outcome).reason]).toEqual([missing, 2, 'commands']);
            expect(outcome.stdout).toContain(`The command ${missing} is missing.\nNothing was changed.`);
            expect(sameFiles(machine.files(), shipped)).toBe(true);
          }
          rmSync(machine.root.in('usr/bin/systemctl'));
          expect((await act(machine, 'Apply')).stdout).toContain(
            'The command systemctl is missing.\nNothing was changed.',
          );
          expect(sameFiles(machine.files(), shipped)).toBe(true);
        });

        it.each(FIRST_BOOT_COMMANDS)(
          'leave a valid configuration and a running sshd at a first boot without %s',
          async (missing) => {
            const machine = await start('DEBIAN_12');
            expect(
              (
                await boot(
                  machine,
                  FIRST_BOOT_COMMANDS.filter((name) => name !== missing),
                )
              ).status,
            ).toBe(0);
            expect(await machine.isValid()).toBe(true);
            expect(await machine.isUp()).toBe(true);
            const applied = await act(machine, 'Apply');
            expect([applied.status, machine.leftovers()]).toEqual([0, []]);
          },
        );
      });
    },
  );
});
