// The service starts, stops or restarts while the script works, by somebody else or by a first connection to its socket. What
// the script says of the running sshd must hold all the same.
import { startScriptedMachine } from './scripted-machine';
import type { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { act, boot } from './suite-script';
import { restartsOf } from './suite-systemctl';
import { SUITE_NAMES, findSuite } from './suites';

const WANTED = { interval: 60, countMax: 120 };
const CONFIG = 'Port 22\n';
jest.setTimeout(600_000);

describeWithSuites('Where the service is restarted meanwhile', () => {
  describe.each(SUITE_NAMES.map(findSuite))("on $name's sshd", (suite) => {
    let machine: SuiteMachine;
    beforeEach(async () => {
      machine = await startScriptedMachine(suite, 'real');
      machine.fill({ sshd_config: CONFIG });
    });
    afterEach(() => machine.stop());

    const systemctl = async (verb: string): Promise<void> => {
      expect((await machine.run(`systemctl ${verb} ssh`)).status).toBe(0);
    };
    /** Runs a command line once, while `systemctl show` answers. */
    const whileAsked = (commandLine: string): void => machine.write('run/after-show', `${commandLine}\n`);
    /** The running sshd started after its files were written. */
    const hasLoaded = async (): Promise<boolean> =>
      (await machine.run('[ "$(stat -c %.Z /run/sshd.pid)" \\> "$(stat -c %.Z /etc/ssh/sshd_config)" ]')).status === 0;

    it('Apply restarts a service that the first connection to its socket started', async () => {
      machine.write('run/unit', 'SOCKET=active\n');
      whileAsked('systemctl start ssh');
      expect((await act(machine, 'Apply', WANTED)).reason).toBe('applied');
      expect([restartsOf(machine), await hasLoaded()]).toEqual([1, true]);
      expect((await act(machine, 'Check', WANTED)).verdict).toBe('compliant');
    });

    it('Apply restarts a service that somebody started', async () => {
      whileAsked('(sleep 0.05; systemctl start ssh) &');
      expect((await act(machine, 'Apply', WANTED)).reason).toBe('applied');
      // It may also have started when the files were there.
      await machine.run('until [ -s /run/sshd.pid ]; do sleep 0.05; done');
      expect(await hasLoaded()).toBe(true);
    });

    it('Apply looks again at a service that has stopped and started', async () => {
      await systemctl('restart');
      // What it found is inactive; what listens a moment later is the service.
      whileAsked('systemctl start ssh');
      await machine.run('kill "$(cat /run/sshd.pid)" && until ! [ -e /run/sshd.pid ]; do sleep 0.05; done');
      expect((await act(machine, 'Apply', WANTED)).reason).toBe('applied');
      expect(await hasLoaded()).toBe(true);
    });

    it('Apply looks again at a service whose process has just ended', async () => {
      await systemctl('restart');
      whileAsked('systemctl stop ssh; (sleep 0.5; systemctl start ssh) &');
      expect((await act(machine, 'Apply', WANTED)).verdict).toBe('changed');
      expect(await hasLoaded()).toBe(true);
    });

    /** Runs a command line before each start of a program. */
    const whileStarting = async (program: string, commandLine: string): Promise<void> => {
      const path = (await machine.run(`readlink -f /usr/bin/${program}`)).stdout.trim();
      const script = `#!/bin/sh\n${commandLine}\nexec /run/later "$@"\n`;
      machine.write('run/now', script, 0o755);
      expect((await machine.run(`cp ${path} /run/later && mount -o bind /run/now ${path}`)).status).toBe(0);
    };

    it('Apply looks again at a service that is restarted before its sockets are compared', async () => {
      await systemctl('restart');
      await whileStarting('awk', 'mkdir /run/once 2>/dev/null && systemctl restart ssh');
      expect((await act(machine, 'Apply', WANTED)).reason).toBe('applied');
      expect([restartsOf(machine), await hasLoaded()]).toEqual([3, true]);
    });

    it('Check sees an edit in the second in which sshd started', async () => {
      await systemctl('restart');
      // A kernel's change times differ by 10 ms at least.
      await machine.run('sleep 0.05');
      machine.write('etc/ssh/sshd_config', `${CONFIG}ClientAliveInterval 60\nClientAliveCountMax 120\n`);
      expect((await act(machine, 'Check', WANTED)).reason).toBe('not-loaded');
    });

    it('the first boot overwrites no edit that somebody makes meanwhile', async () => {
      await systemctl('restart');
      // After sshd has tested the candidate.
      await whileStarting('grep', '[ "$1" != -m1 ] || echo "PermitRootLogin no" >>/etc/ssh/sshd_config');
      expect(await boot(machine)).toBe(true);
      expect(machine.read('etc/ssh/sshd_config')).toBe(`${CONFIG}PermitRootLogin no\n`);
    });

    it('a refused Remove leaves what a killed one left, for the next one', async () => {
      const block =
        '# BEGIN cdk-ssh-keepalive\nClientAliveInterval 60\nClientAliveCountMax 120\n# END cdk-ssh-keepalive\n';
      machine.fill({ sshd_config: `${block}${CONFIG}` });
      await systemctl('restart');
      // It kills the script, which is its parent's parent: timeout is between them.
      machine.write('run/kill', '#!/bin/sh\nkill -KILL "$(cat /run/script)"\n', 0o755);
      machine.write('run/unit', 'RESTART=/run/kill\n');
      const parameters = 'SSM_Action=Remove SSM_ClientAliveInterval=60 SSM_ClientAliveCountMax=120';
      await machine.run(`sh -c 'echo $$ >/run/script; ${parameters} exec sh /tmp/document.sh'`);
      expect(machine.read('etc/ssh/sshd_config')).toBe(CONFIG);
      machine.write('run/unit', 'LOAD=masked\n');
      expect((await act(machine, 'Remove', WANTED)).reason).toBe('cannot-restart');
      machine.write('run/unit', '');
      const removed = await act(machine, 'Remove', WANTED);
      expect([removed.verdict, removed.reason]).toEqual(['removed', 'removed']);
      expect(await hasLoaded()).toBe(true);
    });
  });
});
