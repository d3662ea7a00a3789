// Somebody else's sshd, and somebody else's edits: what was not in force before is not put into force by a restart of ours
// where it would stop sshd, and what is not the service's sshd is left alone.
import { startScriptedMachine } from './scripted-machine';
import type { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { act } from './suite-script';
import { bringSystemctl, restartsOf } from './suite-systemctl';
import { SUITE_NAMES, findSuite } from './suites';

const WANTED = { interval: 60, countMax: 120 };
const CONFIG = 'Port 22\n';
const BANNER = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/22; read -r line <&3; echo "$line"'`;
jest.setTimeout(600_000);

describeWithSuites('Where somebody else is at work', () => {
  describe.each(SUITE_NAMES.map(findSuite))("on $name's sshd", (suite) => {
    let machine: SuiteMachine;
    beforeEach(async () => {
      machine = await startScriptedMachine(suite, 'real');
      machine.fill({ sshd_config: CONFIG });
      expect((await machine.run('systemctl restart ssh')).status).toBe(0);
    });
    afterEach(() => machine.stop());

    const pid = (): string => machine.read('run/sshd.pid');
    /** In a later second than that in which sshd has started: change times are compared in seconds. */
    const later = (): Promise<unknown> => machine.run('sleep 1.1');
    /** As an editor does, after sshd has started. */
    const edit = async (text: string): Promise<void> => {
      await later();
      machine.write('etc/ssh/sshd_config', text);
      expect((await machine.run('/usr/sbin/sshd -t')).status).toBe(0);
    };
    const RIGHT = `${CONFIG}ClientAliveInterval 60\nClientAliveCountMax 120\n`;

    it.each([
      ['ListenAddress 203.0.113.9', 'closes 0.0.0.0:22'],
      ['ListenAddress 127.0.0.1', 'opens 127.0.0.1:22'],
      ['Port 2222', 'opens 0.0.0.0:2222'],
      ['AddressFamily inet', 'moves'],
    ])('Apply and Remove restart nothing while %s is written and not in force', async (line, difference) => {
      const running = pid();
      await edit(line.startsWith('Port') ? `${line}\n` : `${CONFIG}${line}\n`);
      // As cp -p, a restored backup or a link to an older file does: no date shows the edit.
      await machine.run("touch -d '2020-01-01' /etc/ssh/sshd_config");
      const before = machine.snapshot();
      const apply = await act(machine, 'Apply', WANTED);
      expect([apply.status, apply.reason]).toEqual([2, 'cannot-restart']);
      expect(apply.text).toContain('A restart would change the sockets of sshd:');
      if (!difference.startsWith('closes 0')) expect(apply.text).toContain(difference);
      expect(apply.text).toContain(`/etc/ssh/sshd_config:${line.startsWith('Port') ? 1 : 2}:${line}`);
      expect(apply.text).toContain('Nothing was changed.');

      await edit(`# BEGIN cdk-ssh-keepalive\nClientAliveInterval 60\n# END cdk-ssh-keepalive\n${line}\n`);
      const remove = await act(machine, 'Remove', WANTED);
      expect([remove.status, remove.reason]).toEqual([2, 'cannot-restart']);
      expect(Object.keys(machine.snapshot())).toEqual(Object.keys(before));
      expect([restartsOf(machine), pid()]).toEqual([1, running]);
      expect((await machine.run(BANNER)).stdout).toMatch(/^SSH-2\.0-/);
    });

    it('restarts nothing while a drop-in is deleted that sshd has loaded its port from', async () => {
      machine.fill({
        sshd_config: 'Include /etc/ssh/sshd_config.d/*.conf\n',
        'sshd_config.d/port.conf': 'Port 2222\n',
      });
      expect((await machine.run('systemctl restart ssh')).status).toBe(0);
      const running = pid();
      await machine.run('rm /etc/ssh/sshd_config.d/port.conf');
      const before = machine.snapshot();
      const { status, reason } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'cannot-restart']);
      expect([machine.snapshot(), pid()]).toEqual([before, running]);
    });

    it('restarts nothing where sshd listens on an address that the machine has lost', async () => {
      await machine.run('busybox ip addr add 198.51.100.7/32 dev lo');
      machine.fill({ sshd_config: 'ListenAddress 198.51.100.7\n' });
      expect((await machine.run('systemctl restart ssh')).status).toBe(0);
      await machine.run('busybox ip addr del 198.51.100.7/32 dev lo');
      const [before, running] = [machine.snapshot(), pid()];
      const { status, reason, text } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'cannot-restart']);
      expect(text).toContain('closes 198.51.100.7:22');
      expect([machine.snapshot(), pid()]).toEqual([before, running]);
    });

    it('corrects drift where one of several addresses is absent, as it was when sshd started', async () => {
      for (const addresses of [
        ['127.0.0.1', '198.51.100.7'],
        ['198.51.100.7', '[::1]:22'],
      ]) {
        machine.fill({ sshd_config: addresses.map((address) => `ListenAddress ${address}\n`).join('') });
        expect((await machine.run('systemctl restart ssh')).status).toBe(0);
        expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
        expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
      }
    });

    it('restarts nothing where sshd could not start again: its host key is gone', async () => {
      await machine.run('mkdir /tmp/keys && mv /etc/ssh/ssh_host_ed25519_key /tmp/keys');
      const [before, running] = [machine.snapshot(), pid()];
      const { status, reason } = await act(machine, 'Apply', WANTED);
      await machine.run('mv /tmp/keys/ssh_host_ed25519_key /etc/ssh');
      expect([status, ['config', 'cannot-restart']]).toEqual([2, expect.arrayContaining([reason])]);
      expect([machine.snapshot(), pid()]).toEqual([before, running]);
    });

    it('restarts nothing where sshd could not serve a connection: its program for sessions cannot be run', async () => {
      const program = '/usr/lib/openssh/sshd-session'; // from 9.8 on
      if ((await machine.run(`test -e ${program}`)).status !== 0) return;
      expect((await machine.run(`busybox mount -o bind /dev/null ${program}`)).status).toBe(0);
      const [before, running] = [machine.snapshot(), pid()];
      const { status, reason, text } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'cannot-restart']);
      expect(text).toContain('sshd would not start with the present files and options');
      expect([machine.snapshot(), pid()]).toEqual([before, running]);
    });

    it('says which edit its restart puts into force', async () => {
      await edit(`${CONFIG}MaxSessions 7\n`);
      const { verdict, text } = await act(machine, 'Apply', WANTED);
      expect(verdict).toBe('changed');
      expect(text).toContain(
        '/etc/ssh/sshd_config was edited after sshd had started; the restart puts that into force as well.',
      );
      expect(restartsOf(machine)).toBe(2);
    });

    it.each([
      ['written', (): Promise<void> => edit(RIGHT)],
      [
        'uncovered by the deletion of a drop-in',
        async (): Promise<void> => {
          machine.fill({
            sshd_config: `Include /etc/ssh/sshd_config.d/*.conf\n${RIGHT}`,
            'sshd_config.d/a.conf': 'ClientAliveInterval 5\n',
          });
          await machine.run('systemctl restart ssh');
          await later();
          await machine.run('rm /etc/ssh/sshd_config.d/a.conf');
        },
      ],
      [
        'switched to by a link to an older file',
        async (): Promise<void> => {
          machine.fill({ sshd_config: { symlinkTo: 'one' }, one: CONFIG, two: RIGHT });
          await machine.run('systemctl restart ssh');
          await later();
          await machine.run('ln -sfn two /etc/ssh/sshd_config');
        },
      ],
    ])(
      'right values that were %s after sshd had started are drift, which Apply corrects with a restart',
      async (_, prepare) => {
        await prepare();
        const before = restartsOf(machine);
        const check = await act(machine, 'Check', WANTED);
        expect([check.verdict, check.reason]).toEqual(['drifted', 'not-loaded']);
        expect(check.text).toMatch(/^\/etc\/ssh\/\S+ was edited after sshd had loaded it/);
        const apply = await act(machine, 'Apply', WANTED);
        expect([apply.verdict, apply.reason, restartsOf(machine) - before]).toEqual(['changed', 'loaded', 1]);
        expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
        expect((await act(machine, 'Apply', WANTED)).verdict).toBe('unchanged');
      },
    );

    it('a reload puts right values into force, too', async () => {
      await edit(RIGHT);
      await later();
      await machine.run('systemctl reload ssh && sleep 0.5');
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('unchanged');
    });

    it('a reload can undo them: what the last run found does not hold for ever', async () => {
      await act(machine, 'Apply', WANTED);
      const applied = machine.read('etc/ssh/sshd_config');
      await edit(CONFIG);
      await machine.run('systemctl reload ssh && sleep 0.5');
      await edit(applied);
      expect((await act(machine, 'Check', WANTED)).reason).toBe('not-loaded');
    });

    it('files that are touched again and again cost one restart', async () => {
      machine.fill({ sshd_config: RIGHT });
      await machine.run('systemctl restart ssh');
      for (let round = 0; round < 3; round++) {
        await later();
        await machine.run('touch /etc/ssh/sshd_config');
        expect((await act(machine, 'Apply', WANTED)).status).toBe(0);
      }
      expect(restartsOf(machine)).toBe(3);
    });

    it('restarts for old files no more than once a day, whoever reloads sshd meanwhile', async () => {
      await edit(RIGHT);
      expect((await act(machine, 'Apply', WANTED)).reason).toBe('loaded');
      const again = async (): Promise<string> => {
        await machine.run('systemctl reload ssh && sleep 1.1 && touch /etc/ssh/sshd_config');
        return (await act(machine, 'Apply', WANTED)).reason;
      };
      expect([await again(), restartsOf(machine)]).toEqual(['not-loaded', 2]);
      // A day later, by the time since boot, which no step of the clock changes.
      const day = (file: string): string => file.replace(/\d+$/m, (uptime) => `${Number(uptime) - 86_400}`);
      machine.write('run/cdk-ssh-keepalive.state', day(machine.read('run/cdk-ssh-keepalive.state')));
      expect(await again()).toMatch(/^(loaded|not-loaded)$/);
    });

    it('without a pid file, the start of the process counts', async () => {
      machine.fill({ sshd_config: `${RIGHT}PidFile none\n` });
      machine.write('run/sshd-options', 'SSHD_OPTS="-o PidFile=/run/sshd.pid"\n');
      await machine.run('systemctl restart ssh');
      await machine.run('cp /run/sshd.pid /tmp/pid && rm /run/sshd.pid && cp /tmp/pid /run/sshd.pid');
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
    });

    it.each(['masked', 'not-found', 'bad-setting'])(
      'changes nothing where the unit is %s while its sshd runs',
      async (load) => {
        machine.write('run/unit', `LOAD=${load}\n`);
        const [before, running] = [machine.snapshot(), pid()];
        const { status, reason, text } = await act(machine, 'Apply', WANTED);
        expect([status, reason]).toEqual([2, 'cannot-restart']);
        expect(text).toContain(`ssh.service is ${load}`);
        expect([machine.snapshot(), pid(), restartsOf(machine)]).toEqual([before, running, 1]);
      },
    );

    it('rolls back with exit 2, and without a second restart, where systemd refuses the restart and sshd never stopped', async () => {
      machine.write('run/unit', 'RESTART=false\n');
      const [before, running] = [machine.snapshot(), pid()];
      const { status, reason, text } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'restart']);
      expect(text).toContain('Everything was rolled back.');
      expect([machine.snapshot(), pid(), restartsOf(machine)]).toEqual([before, running, 2]);
    });

    it('waits until a unit that is activating is active', async () => {
      machine.write('run/unit', 'ACTIVE=activating\n');
      const apply = act(machine, 'Apply', WANTED);
      setTimeout(() => machine.write('run/unit', ''), 300);
      expect((await apply).verdict).toBe('changed');
    });

    it('leaves the sockets of systemd alone under socket activation', async () => {
      machine.write('run/unit', 'SOCKET=active\n');
      await edit('Port 2222\n');
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
    });

    it('Remove deletes no line of somebody else from our drop-in', async () => {
      const dropIn = 'etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';
      machine.fill({ sshd_config: 'Include /etc/ssh/sshd_config.d/*.conf\n', 'sshd_config.d': { folder: true } });
      await machine.run('systemctl restart ssh');
      await act(machine, 'Apply', WANTED);
      machine.write(dropIn, `${machine.read(dropIn)}PasswordAuthentication no\n`, 0o600);
      const before = machine.snapshot();
      for (const action of ['Remove', 'Apply'] as const) {
        const { status, reason, text } = await act(machine, action, { interval: 30, countMax: 4 });
        expect([status, reason]).toEqual([2, 'markers']);
        expect(text).toContain('line 5: this line is not ours');
      }
      expect(machine.snapshot()).toEqual(before);
    });

    it('prints the verdict first, also where /etc is read-only and stderr is merged', async () => {
      await machine.run('mount -o remount,ro /etc/ssh');
      const run = 'SSM_Action=Apply SSM_ClientAliveInterval=60 SSM_ClientAliveCountMax=120 sh /tmp/document.sh 2>&1';
      const { status, stdout } = await machine.run(run);
      expect([status, stdout]).toEqual([
        2,
        expect.stringMatching(/^cdk-ssh-keepalive verdict=failed .*reason=write\n/),
      ]);
      expect(stdout).toContain('Read-only file system');
    });

    it('Check waits for a run that is at work, instead of calling it killed', async () => {
      await act(machine, 'Apply', WANTED);
      await machine.run('mkdir -m 700 /etc/ssh/.cdk-ssh-keepalive');
      await machine.run(
        '(exec 9>>/run/cdk-ssh-keepalive.lock; flock 9; sleep 1; rm -r /etc/ssh/.cdk-ssh-keepalive) & sleep 0.2',
      );
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
    });

    it('reports a hanging sshd -T after its time limit', async () => {
      machine.write('tmp/sshd', '#!/bin/sh\nsleep 10\nexec /tmp/real-sshd "$@"\n', 0o755);
      machine.write('tmp/timeout', '#!/bin/sh\nshift\nexec busybox timeout 1 "$@"\n', 0o755);
      const replace = (program: string): string => `busybox mount -o bind /tmp/${program.split('/').pop()} ${program}`;
      const { status: replaced } = await machine.run(
        `cp /usr/sbin/sshd /tmp/real-sshd && ${replace('/usr/sbin/sshd')} && ${replace('/usr/bin/timeout')}`,
      );
      expect(replaced).toBe(0);
      const { status, reason } = await act(machine, 'Check', WANTED);
      expect([status, reason]).toEqual([2, 'config']);
    });

    it('writes to no folder that others can write to, behind a link', async () => {
      machine.fill({ 'shared/config': CONFIG, sshd_config: { symlinkTo: 'shared/config' } });
      for (const command of ['chown bob /etc/ssh/shared', 'chown root /etc/ssh/shared && chmod 777 /etc/ssh/shared']) {
        await machine.run(command);
        const before = machine.snapshot();
        const { status, reason } = await act(machine, 'Apply', WANTED);
        expect([status, reason]).toEqual([2, 'owner']);
        expect(machine.snapshot()).toEqual(before);
      }
    });

    it('changes nothing where the sshd that runs is no service', async () => {
      bringSystemctl(machine, 'idle');
      const running = pid();
      const before = machine.snapshot();
      const { status, reason, text } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'service']);
      expect(text).toContain('an sshd that listens, is not the service sshd or ssh.');
      expect((await act(machine, 'Check', WANTED)).reason).toBe('service');
      expect([machine.snapshot(), pid()]).toEqual([before, running]);
    });

    it('restarts sshd where IPv6 is disabled, with which sshd listens on all of its addresses all the same', async () => {
      const disable = ['all', 'default'].map((name) => `echo 1 >/proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
      expect((await machine.run(disable.join(' && '))).status).toBe(0);
      expect((await machine.run('systemctl restart ssh')).status).toBe(0);
      expect((await act(machine, 'Apply', WANTED)).reason).toBe('applied');
      expect((await act(machine, 'Remove', WANTED)).reason).toBe('removed');
    });

    it('Remove restarts nothing where a comment of somebody else names cdk-ssh-keepalive', async () => {
      machine.write('etc/ssh/sshd_config', `# Keepalive: see cdk-ssh-keepalive.\n${CONFIG}`);
      expect((await act(machine, 'Remove', WANTED)).reason).toBe('absent');
      expect(restartsOf(machine)).toBe(1);
    });

    it('changes nothing where the service has failed, so that nobody takes a dead sshd for a configured one', async () => {
      await machine.run(`kill "$(cat /run/sshd.pid)" && until ! [ -e /run/sshd.pid ]; do sleep 0.05; done`);
      machine.write('run/unit', 'ACTIVE=failed\n');
      const before = machine.snapshot();
      const { status, reason, text } = await act(machine, 'Apply', WANTED);
      expect([status, reason]).toEqual([2, 'service']);
      expect(text).toContain("ssh.service is failed; see 'systemctl status ssh'.");
      expect(machine.snapshot()).toEqual(before);
      machine.write('etc/ssh/sshd_config', RIGHT);
      for (const action of ['Apply', 'Check'] as const)
        expect((await act(machine, action, WANTED)).reason).toBe('service');
    });

    it('a Check after a run that was killed is no success, whatever the files say', async () => {
      await edit(`${CONFIG}ClientAliveInterval 60\nClientAliveCountMax 120\n`);
      await machine.run('mkdir -m 700 /etc/ssh/.cdk-ssh-keepalive');
      const check = await act(machine, 'Check', WANTED);
      expect([check.status, check.verdict, check.reason]).toEqual([1, 'drifted', 'unfinished']);
      const apply = await act(machine, 'Apply', WANTED);
      expect([apply.verdict, apply.reason, restartsOf(machine)]).toEqual(['changed', 'resumed-applied', 2]);
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
    });

    it('keeps an Include of all that begins like sshd_config valid', async () => {
      await edit(`Include /etc/ssh/sshd_config.*\n${CONFIG}`);
      machine.write('etc/ssh/sshd_config.local', 'UseDNS no\n');
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
      expect((await machine.run('/usr/sbin/sshd -t')).status).toBe(0);
      expect((await act(machine, 'Remove', WANTED)).verdict).toBe('removed');
    });

    it.each(['sshd_config.d/00-cdk-ssh-keepalive.conf'])(
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
