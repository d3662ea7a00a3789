// What stands on sshd's command line beats every file: the script reads the options of the process that really runs, and
// those with which systemd would start the next one.
import { startScriptedMachine } from './scripted-machine';
import type { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { act } from './suite-script';
import { SUITE_NAMES, findSuite } from './suites';

const WANTED = { interval: 60, countMax: 120 };
jest.setTimeout(600_000);

describeWithSuites('With options on the command line', () => {
  describe.each(SUITE_NAMES.map(findSuite))("of $name's sshd", (suite) => {
    let machine: SuiteMachine;
    beforeEach(async () => {
      machine = await startScriptedMachine(suite, 'real');
      machine.fill({ sshd_config: 'Port 22\n' });
    });
    afterEach(() => machine.stop());

    /** Starts sshd with options from the environment file of the unit. */
    const startWith = async (options: string): Promise<void> => {
      machine.write('run/sshd-options', `SSHD_OPTS="${options.replaceAll('"', '\\"')}"\n`);
      expect((await machine.run('systemctl restart ssh')).status).toBe(0);
    };

    it.each([
      '-o ClientAliveInterval=5',
      "-o 'clientalivecountmax 0'",
      "-o 'ClientAliveInterval = 5'",
      '-o \'ClientAliveInterval  "5"\'',
    ])('%s is reported as an override', async (option) => {
      await startWith(option);
      const before = machine.snapshot();
      const { verdict, reason, text, status } = await act(machine, 'Apply', WANTED);
      expect([verdict, reason, status]).toEqual(['failed', 'overridden', 2]);
      expect(text).toContain('command line');
      expect(machine.snapshot()).toEqual(before);
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('drifted');
    });

    it('the desired values there, in the units of sshd, are the desired values', async () => {
      await startWith('-o ClientAliveInterval=1m -oClientAliveCountMax=120');
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('unchanged');
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
    });

    it.each(['-f /run/other', '-f/etc/ssh/sshd_config_custom', '-4f /run/other', '-f run/other'])(
      '%s is reported, since that sshd reads another file',
      async (option) => {
        machine.write('run/other', 'Port 22\n');
        machine.write('etc/ssh/sshd_config_custom', 'Port 22\n');
        await machine.run(`cd / && /usr/sbin/sshd ${option} && until [ -s /run/sshd.pid ]; do sleep 0.1; done`);
        for (const action of ['Apply', 'Check', 'Remove'] as const) {
          const { reason, text, status } = await act(machine, action, WANTED);
          expect([reason, status]).toEqual(['overridden', 2]);
          expect(text).toContain('reads another file than /etc/ssh/sshd_config');
        }
      },
    );

    it.each([
      '-o UseDNS=no',
      '-4 -o UseDNS=no',
      "-o 'AuthorizedKeysCommand /usr/bin/true %u %f' -o AuthorizedKeysCommandUser=root",
    ])('options about something else are none of our business: %s', async (options) => {
      await startWith(options);
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('unchanged');
      expect((await act(machine, 'Remove', WANTED)).verdict).toBe('removed');
    });

    it.each([
      ['in a file that is absent', '', undefined, ''],
      [
        'as systemd 219 shows them',
        '-4',
        'SSHD_OPTS="-4"',
        "ENVIRONMENT='EnvironmentFile=/run/sshd-options (ignore_errors=yes)'",
      ],
      ['in braces', '-4', 'SSHD_OPTS=-4', "ARGV='/usr/sbin/sshd -D ${SSHD_OPTS} -o UseDNS=no'"],
      [
        'in the unit',
        '-4 -o UseDNS=no',
        undefined,
        `SSHD_OPTS='-4 -o UseDNS=no' ENVIRONMENT='Environment=LANG=C "SSHD_OPTS=-4 -o UseDNS=no" TZ=UTC'`,
      ],
      ['that are taken back', '', 'SSHD_OPTS=-oMaxSessions=7\nSSHD_OPTS=', ''],
    ])('the next sshd may have the same options %s', async (_, options, file, unit) => {
      await startWith(options);
      await machine.run('rm /run/sshd-options');
      if (file !== undefined) machine.write('run/sshd-options', `${file}\n`);
      machine.write('run/unit', `${unit}\n`);
      const { verdict, text } = await act(machine, 'Apply', WANTED);
      expect([verdict, text]).toEqual(['changed', expect.stringContaining('was restarted')]);
    });

    it('those of a service that its socket has not started yet are reported as an override', async () => {
      machine.write('run/unit', 'SOCKET=active\n');
      machine.write('run/sshd-options', "SSHD_OPTS='-o ClientAliveInterval=5'\n");
      expect((await act(machine, 'Apply', WANTED)).reason).toBe('overridden');
    });

    it.each([
      ['that sshd refuses', '-o Nonsense=yes'],
      ['that change another setting', '-o MaxSessions=7'],
      ['with a variable, which systemd passes as it is', '-o Banner=/$SSHD_OPTS'],
      ['that change the port', '-p 2222'],
    ])('the next sshd must not have options %s', async (_, options) => {
      await startWith('');
      const running = machine.read('run/sshd.pid');
      machine.write('run/sshd-options', `SSHD_OPTS='${options}'\n`);
      const before = machine.snapshot();
      const { reason, status } = await act(machine, 'Apply', WANTED);
      expect([reason, status]).toEqual(['cannot-restart', 2]);
      expect([machine.snapshot(), machine.read('run/sshd.pid')]).toEqual([before, running]);
    });
  });
});
