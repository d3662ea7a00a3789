// What stands on sshd's command line beats every file: the script must notice it in the process that really runs.
import { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { act, bringScripts } from './suite-script';
import { bringSystemctl } from './suite-systemctl';
import { SUITE_NAMES, findSuite } from './suites';

const WANTED = { interval: 60, countMax: 120 };
jest.setTimeout(600_000);

describeWithSuites('With options on the command line', () => {
  describe.each(SUITE_NAMES.map(findSuite))("of $name's sshd", (suite) => {
    let machine: SuiteMachine;
    beforeEach(async () => {
      machine = await SuiteMachine.start(suite);
      bringScripts(machine);
      bringSystemctl(machine, 'real');
      machine.fill({ sshd_config: 'Port 22\n' });
    });
    afterEach(() => machine.stop());

    it.each([
      '-o ClientAliveInterval=5',
      "-o 'clientalivecountmax 0'",
      "-o 'ClientAliveInterval = 5'",
      '-o \'ClientAliveInterval  "5"\'',
    ])('%s is reported as an override', async (option) => {
      expect((await machine.run(`/usr/sbin/sshd ${option}`)).status).toBe(0);
      expect((await machine.run('until systemctl is-active ssh; do sleep 0.1; done')).status).toBe(0);
      const before = machine.snapshot();
      const { verdict, reason, text, status } = await act(machine, 'Apply', WANTED);
      expect([verdict, reason, status]).toEqual(['failed', 'overridden', 2]);
      expect(text).toContain('command line');
      expect(machine.snapshot()).toEqual(before);
    });

    it('-f is reported, since that sshd reads another file', async () => {
      machine.write('run/sshd_config', 'Port 22\n');
      expect((await machine.run('/usr/sbin/sshd -f /run/sshd_config')).status).toBe(0);
      expect((await machine.run('until systemctl is-active ssh; do sleep 0.1; done')).status).toBe(0);
      const { reason, text, status } = await act(machine, 'Apply', WANTED);
      expect([reason, status]).toEqual(['overridden', 2]);
      expect(text).toContain('reads another file than /etc/ssh/sshd_config');
    });

    it('options about something else are none of our business', async () => {
      expect((await machine.run('/usr/sbin/sshd -o UseDNS=no')).status).toBe(0);
      expect((await machine.run('until systemctl is-active ssh; do sleep 0.1; done')).status).toBe(0);
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
    });
  });
});
