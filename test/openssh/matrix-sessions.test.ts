// Sessions: Apply really restarts a suite's sshd while somebody is logged in. The files are other tests' business.
import { setTimeout as wait } from 'node:timers/promises';
import { startScriptedMachine } from './scripted-machine';
import type { SuiteMachine } from './suite-machine';
import { describeWithSuites } from './suite-requirements';
import { act, boot } from './suite-script';
import { restartsOf } from './suite-systemctl';
import { SUITE_NAMES, findSuite } from './suites';

const WANTED = { interval: 1, countMax: 120 };
// UsePAM would ask for modules that no package's installation has set up here.
const CONFIG = 'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM no\nStrictModes no\n';
jest.setTimeout(600_000);

describeWithSuites('With a session open', () => {
  describe.each(SUITE_NAMES.map(findSuite))("to $name's sshd", (suite) => {
    let machine: SuiteMachine;
    beforeEach(async () => {
      machine = await startScriptedMachine(suite, 'real');
      machine.fill({ sshd_config: CONFIG, 'sshd_config.d': { folder: true } });
      await machine.run(
        'mkdir -m 700 /root/.ssh && ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519 && ' +
          'cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys',
      );
      expect((await machine.run('systemctl restart ssh')).status).toBe(0);
    });
    afterEach(() => machine.stop());

    it('Apply keeps it open, and new sessions get the new values', async () => {
      const old = await Session.open(machine, 'old');
      const apply = await act(machine, 'Apply', WANTED);
      expect([apply.verdict, restartsOf(machine)]).toEqual(['changed', 2]);
      expect(apply.text).toContain('ssh.service was restarted');

      const young = await Session.open(machine, 'young');
      await young.until(() => young.isAskedForALifeSign);
      // It has been open for longer, and nobody has asked it.
      expect(old.isAskedForALifeSign).toBe(false);
      for (const session of [old, young]) expect(await session.echoes('still here')).toBe(true);
    });

    it('first boot keeps it open, and new values are in force', async () => {
      const old = await Session.open(machine, 'old');
      expect(await boot(machine)).toBe(true);
      expect(restartsOf(machine)).toBe(2);
      expect((await act(machine, 'Check', { interval: 60, countMax: 120 })).output).toContain('verdict=compliant');
      expect(await old.echoes('still here')).toBe(true);
    });
  });
});

/** Somebody who is logged in as root, and whose shell there repeats what is typed. */
class Session {
  static async open(machine: SuiteMachine, name: string): Promise<Session> {
    const session = new Session(machine, name);
    const options = '-v -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i /root/.ssh/id_ed25519';
    await machine.run(`mkfifo /tmp/${name}.in && ssh ${options} root@127.0.0.1 'echo open; cat' \\
      <>/tmp/${name}.in >/tmp/${name}.out 2>/tmp/${name}.log &`);
    await session.until(() => session.said('open'));
    return session;
  }

  private constructor(
    private readonly machine: SuiteMachine,
    private readonly name: string,
  ) {}

  get isAskedForALifeSign(): boolean {
    return this.machine.read(`tmp/${this.name}.log`).includes('keepalive@openssh.com');
  }

  async echoes(text: string): Promise<boolean> {
    await this.machine.run(`echo '${text}' >/tmp/${this.name}.in`);
    await this.until(() => this.said(text));
    return this.said(text);
  }

  /** Waits as long as it takes; a minute without it is a failure. */
  async until(isTrue: () => boolean): Promise<void> {
    for (let tries = 600; !isTrue(); tries--) {
      if (tries === 0) throw new Error(`In vain: ${this.machine.read(`tmp/${this.name}.log`)}`);
      await wait(100);
    }
  }

  private said(text: string): boolean {
    return this.machine.read(`tmp/${this.name}.out`).includes(text);
  }
}
