// Somebody else's sshd, and somebody else's edits: what was not in force before is not put into force by a restart of ours
// where it would stop sshd, and what is not the service's sshd is left alone.
import { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { act, bringScripts } from './suite-script';
import { bringSystemctl } from './suite-systemctl';
import { SUITE_NAMES, findSuite } from './suites';

const WANTED = { interval: 60, countMax: 120 };
const CONFIG = 'Port 22\n';
const BANNER = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/22; read -r line <&3; echo "$line"'`;
jest.setTimeout(600_000);

describeWithSuites('Where somebody else is at work', () => {
  describe.each(SUITE_NAMES.map(findSuite))("on $name's sshd", (suite) => {
    let machine: SuiteMachine;
    beforeEach(async () => {
      machine = await SuiteMachine.start(suite);
      bringScripts(machine);
      bringSystemctl(machine, 'real');
      machine.fill({ sshd_config: CONFIG });
      expect((await machine.run('systemctl restart ssh')).status).toBe(0);
    });
    afterEach(() => machine.stop());

    const restarts = (): number => machine.read('run/systemctl.log').match(/^restart/gm)?.length ?? 0;
    const pid = (): string => machine.read('run/sshd.pid');
    /** As an editor does, after sshd has started. */
    const edit = async (text: string): Promise<void> => {
      machine.write('etc/ssh/sshd_config', text);
      expect((await machine.run("touch -d '+1 minute' /etc/ssh/sshd_config && /usr/sbin/sshd -t")).status).toBe(0);
    };

    it.each(['ListenAddress 203.0.113.9', 'Port 2222'])(
      'Apply and Remove restart nothing while %s is written and not in force',
      async (line) => {
        const running = pid();
        await edit(`${CONFIG.replace('Port 22', line)}`);
        const before = machine.snapshot();
        const apply = await act(machine, 'Apply', WANTED);
        expect([apply.status, apply.reason]).toEqual([2, 'edited']);
        expect(apply.text).toContain('/etc/ssh/sshd_config was edited after sshd had started, and nobody answers at');
        expect(apply.text).toContain('Nothing was changed.');

        await edit(`# BEGIN cdk-ssh-keepalive\nClientAliveInterval 60\n# END cdk-ssh-keepalive\n${line}\n`);
        const remove = await act(machine, 'Remove', WANTED);
        expect([remove.status, remove.reason]).toEqual([2, 'edited']);
        expect(Object.keys(machine.snapshot())).toEqual(Object.keys(before));
        expect([restarts(), pid()]).toEqual([1, running]);
        expect((await machine.run(BANNER)).stdout).toMatch(/^SSH-2\.0-/);
      },
    );

    it('says which edit its restart puts into force', async () => {
      await edit(`${CONFIG}MaxSessions 7\n`);
      const { verdict, text } = await act(machine, 'Apply', WANTED);
      expect(verdict).toBe('changed');
      expect(text).toContain(
        '/etc/ssh/sshd_config was edited after sshd had started; the restart puts that into force as well.',
      );
    });

    it('says that right values may not hold yet, where nobody restarted sshd after writing them', async () => {
      await edit(`${CONFIG}ClientAliveInterval 60\nClientAliveCountMax 120\n`);
      for (const action of ['Apply', 'Check'] as const) {
        const { status, text } = await act(machine, action, WANTED);
        expect([status, text]).toEqual([0, expect.stringContaining('may not hold before a restart')]);
      }
      expect(restarts()).toBe(1);
    });

    it('changes nothing where the sshd that runs is no service', async () => {
      machine.write('run/bin/systemctl', '#!/bin/sh\nexit 3\n', 0o755);
      const running = pid();
      const before = machine.snapshot();
      const { status, reason, text } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'service']);
      expect(text).toContain('The running sshd is not the service sshd or ssh');
      expect([machine.snapshot(), pid()]).toEqual([before, running]);
    });

    it('changes nothing where the service has failed, so that nobody takes a dead sshd for a configured one', async () => {
      await machine.run(`kill "$(cat /run/sshd.pid)" && until ! [ -e /run/sshd.pid ]; do sleep 0.05; done`);
      machine.write('run/bin/systemctl', '#!/bin/sh\necho failed\nexit 3\n', 0o755);
      const before = machine.snapshot();
      const { status, reason, text } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'service']);
      expect(text).toContain("sshd.service has failed; see 'systemctl status sshd'.");
      expect(machine.snapshot()).toEqual(before);
    });

    it('a Check after a run that was killed is no success, whatever the files say', async () => {
      await edit(`${CONFIG}ClientAliveInterval 60\nClientAliveCountMax 120\n`);
      await machine.run('mkdir -m 700 /etc/ssh/.cdk-ssh-keepalive');
      const check = await act(machine, 'Check', WANTED);
      expect([check.status, check.verdict, check.reason]).toEqual([1, 'drifted', 'unfinished']);
      const apply = await act(machine, 'Apply', WANTED);
      expect([apply.verdict, apply.reason, restarts()]).toEqual(['changed', 'resumed-applied', 2]);
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
    });

    it('keeps an Include of all that begins like sshd_config valid', async () => {
      await edit(`Include /etc/ssh/sshd_config.*\n${CONFIG}`);
      machine.write('etc/ssh/sshd_config.local', 'UseDNS no\n');
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
      expect((await machine.run('/usr/sbin/sshd -t')).status).toBe(0);
      expect((await act(machine, 'Remove', WANTED)).verdict).toBe('removed');
    });

    it.each(['sshd_config.d/00-cdk-ssh-keepalive.conf', '.sshd_config.before-cdk-ssh-keepalive'])(
      'moves nothing into a folder that somebody put, or linked, where %s belongs',
      async (name) => {
        await edit(`Include /etc/ssh/sshd_config.d/*.conf\n${CONFIG}`);
        await machine.run(`mkdir -p /tmp/outside /etc/ssh/sshd_config.d && ln -s /tmp/outside '/etc/ssh/${name}'`);
        const { status, reason } = await act(machine, 'Apply', WANTED);
        expect([status, reason]).toEqual([2, expect.stringMatching(/^(write|config)$/)]);
        expect((await machine.run('ls -A /tmp/outside')).stdout).toBe('');
      },
    );
  });
});
