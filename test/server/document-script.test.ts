import { chmodSync, linkSync, lstatSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findOpenSsh } from '../../bin/test-bed/openssh';
import { PrivateRoot, type PrivateRootProps } from '../../bin/test-bed/private-root';
import { DOCUMENT_SCRIPT } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';

const fixture = (name: string): Buffer => readFileSync(join(__dirname, '..', 'fixtures', name));
const AL2 = fixture('al2-stock-sshd_config');
const AL2_ARTICLE = fixture('al2-article-sshd_config');
const DEBIAN = fixture('debian-12-stock-sshd_config');

const BLOCK = '# BEGIN cdk-ssh-keepalive\nClientAliveInterval 60\nClientAliveCountMax 120\n# END cdk-ssh-keepalive\n';
const DROPIN = 'etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';

interface Result {
  readonly status: number | null;
  /** The key=value pairs of the first line. */
  readonly verdict: Record<string, string>;
  /** What a person reads below it. */
  readonly text: string;
}

/** A machine with a started sshd, on which the document's script runs. */
class Machine {
  constructor(
    readonly root: PrivateRoot,
    private readonly shell: string,
  ) {}

  async act(action: string, interval = '60', countMax = '120'): Promise<Result> {
    const { status, stdout, stderr } = await this.root.run(DOCUMENT_SCRIPT, {
      shell: this.shell,
      env: { SSM_Action: action, SSM_ClientAliveInterval: interval, SSM_ClientAliveCountMax: countMax },
    });
    expect(stderr).toBe(status === 0 ? '' : stdout);
    const [first = '', ...rest] = stdout.split('\n');
    const [name, ...pairs] = first.split(' ');
    expect(name).toBe('cdk-ssh-keepalive');
    return {
      status,
      verdict: Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string])),
      text: rest.join('\n').replaceAll(this.root.path, ''),
    };
  }

  get config(): Buffer {
    return readFileSync(this.root.in('etc/ssh/sshd_config'));
  }

  /** Every file of /etc/ssh that is not a key, with its mode and content. */
  files(): Record<string, string> {
    const names = readdirSync(this.root.in('etc/ssh'), { recursive: true, encoding: 'utf8' });
    const entries = names
      .filter((name) => !name.startsWith('host_key'))
      .sort()
      .map((name): [string, string] => {
        const path = this.root.in(join('etc/ssh', name));
        const { mode } = lstatSync(path);
        return [name, `${mode.toString(8)} ${statSync(path).isFile() ? readFileSync(path, 'latin1') : ''}`];
      });
    return Object.fromEntries(entries);
  }

  /** What sshd would do now, a line a setting, in lower case. */
  async effective(user = 'ec2-user'): Promise<string[]> {
    const connection = `user=${user},host=h,addr=192.0.2.9,laddr=192.0.2.8,lport=22`;
    const { stdout } = await this.root.sshd(['-T', '-C', connection]);
    return stdout.toLowerCase().trim().split('\n');
  }

  restarts(): number {
    return this.root.systemctlCalls().filter((call) => call.startsWith('restart')).length;
  }
}

/** Restarts that `condition` is about fail as systemd's do: sshd was stopped, and does not start. */
function failRestarts({ root }: Machine, condition: string): void {
  const systemctl = readFileSync(root.in('usr/bin/systemctl'), 'utf8');
  const failure = `echo "$@" >>${root.in('systemctl.log')}; "$0" stop "$2"; echo "Job for $2.service failed." >&2; exit 1`;
  root.write(
    'usr/bin/systemctl',
    systemctl.replace('#!/bin/sh\n', `#!/bin/sh\nif ${condition}; then ${failure}; fi\n`),
    0o755,
  );
}

/** The shell of Debian; with FULL=1 that of Amazon Linux and Red Hat as well. */
const SHELLS: readonly ('dash' | 'bash')[] = process.env.FULL === '1' ? ['dash', 'bash'] : ['dash'];

describe.each(SHELLS)('Under %s, the script of the document', (shell) => {
  describeWith(['sshd', 'ssh', shell], 'with a real sshd', () => {
    const roots: PrivateRoot[] = [];
    const machine = async (sshdConfig: string | Buffer, props: Partial<PrivateRootProps> = {}): Promise<Machine> => {
      const root = await PrivateRoot.create({ openSsh: findOpenSsh(), sshdConfig, ...props });
      roots.push(root);
      await root.start();
      return new Machine(root, shell);
    };
    const debian = (dropIns: Record<string, string> = { '50-cloud-init.conf': 'PasswordAuthentication no\n' }) =>
      machine(DEBIAN, { unit: 'ssh', dropIns });
    afterEach(() => roots.splice(0).forEach((root) => root.dispose()));

    describe('Apply', () => {
      it('puts a block at the top of Amazon Linux 2 as shipped, and changes nothing but the two keywords', async () => {
        const al2 = await machine(AL2);
        const before = await al2.effective();
        const { status, verdict, text } = await al2.act('Apply');
        expect(status).toBe(0);
        expect(verdict).toMatchObject({
          verdict: 'changed',
          interval: '60',
          countmax: '120',
          was: '0/3',
          where: al2.root.in('etc/ssh/sshd_config'),
          reason: 'applied',
        });
        expect(verdict.sshd).toMatch(/^\d+\.\d+/);
        expect(text).toContain('sshd.service was restarted');
        expect(al2.config.toString()).toBe(BLOCK + AL2.toString());
        const after = await al2.effective();
        expect(after.filter((line) => !before.includes(line))).toEqual([
          'clientaliveinterval 60',
          'clientalivecountmax 120',
        ]);
        expect(before.filter((line) => !after.includes(line))).toEqual([
          'clientaliveinterval 0',
          'clientalivecountmax 3',
        ]);
        expect(al2.restarts()).toBe(1);
      });

      it('leaves Amazon Linux 2 as the article left it', async () => {
        const al2 = await machine(AL2_ARTICLE);
        const before = al2.files();
        const { status, verdict } = await al2.act('Apply');
        expect([status, verdict.verdict, verdict.was]).toEqual([0, 'unchanged', '60/120']);
        expect(al2.files()).toEqual(before);
        expect(al2.restarts()).toBe(0);
      });

      it("writes a drop-in on Debian and leaves Debian's own file alone", async () => {
        const machine = await debian();
        const before = machine.config;
        const { status, verdict, text } = await machine.act('Apply');
        expect([status, verdict.verdict, verdict.where]).toEqual([0, 'changed', machine.root.in(DROPIN)]);
        expect(text).toContain('ssh.service was restarted');
        expect(machine.config.equals(before)).toBe(true);
        expect(readFileSync(machine.root.in(DROPIN), 'utf8')).toBe(BLOCK);
        expect(await machine.effective()).toEqual(
          expect.arrayContaining(['clientaliveinterval 60', 'clientalivecountmax 120', 'passwordauthentication no']),
        );
      });

      it('beats drop-ins of others, whatever they are named', async () => {
        const machine = await debian({
          '00-aaa.conf': 'ClientAliveInterval 5\n',
          '99.conf': 'ClientAliveCountMax 0\n',
        });
        expect((await machine.act('Apply')).verdict).toMatchObject({ verdict: 'changed', was: '5/0' });
        expect(await machine.effective()).toEqual(
          expect.arrayContaining(['clientaliveinterval 60', 'clientalivecountmax 120']),
        );
        expect(readdirSync(machine.root.in('etc/ssh/sshd_config.d')).sort()).toEqual(['00-aaa.conf', '99.conf']);
      });

      it('falls back to the block where a value stands before the Include', async () => {
        const config = 'ClientAliveInterval 5\nInclude /etc/ssh/sshd_config.d/*.conf\n';
        const host = await machine(config, { dropIns: {} });
        host.root.write('etc/ssh/sshd_config.d/other.conf', '');
        const { verdict } = await host.act('Apply');
        expect([verdict.verdict, verdict.where]).toEqual(['changed', host.root.in('etc/ssh/sshd_config')]);
        expect(host.config.toString().startsWith(BLOCK)).toBe(true);
        expect(readdirSync(host.root.in('etc/ssh/sshd_config.d'))).toEqual(['other.conf']);
      });

      it('names the place of its own setting, also where an earlier line says the same', async () => {
        const host = await machine('Include /etc/ssh/extra.conf /etc/ssh/sshd_config.d/*.conf\n', { dropIns: {} });
        host.root.write('etc/ssh/extra.conf', 'ClientAliveInterval 60\n');
        host.root.write('etc/ssh/sshd_config.d/other.conf', '');
        const { verdict } = await host.act('Apply');
        expect([verdict.verdict, verdict.where]).toEqual(['changed', host.root.in(DROPIN)]);
        expect(readFileSync(host.root.in(DROPIN), 'utf8')).toBe(BLOCK);
      });

      it('does nothing the second time', async () => {
        for (const host of [await machine(AL2), await debian()]) {
          await host.act('Apply');
          const once = host.files();
          const { status, verdict } = await host.act('Apply');
          expect([status, verdict.verdict]).toEqual([0, 'unchanged']);
          expect(host.files()).toEqual(once);
          expect(host.restarts()).toBe(1);
        }
      });

      it('reads the unit from systemd once for each process of sshd', async () => {
        const host = await machine(AL2);
        const shown = () => host.root.systemctlCalls().filter((call) => call.startsWith('show')).length;
        await host.act('Apply');
        const before = shown();
        expect((await host.act('Check')).verdict.verdict).toBe('compliant');
        expect((await host.act('Apply')).verdict.verdict).toBe('unchanged');
        expect(shown()).toBe(before);
        // The new process has an option that the old one did not have.
        await host.root.stop();
        const listen = readFileSync(host.root.in('listen'), 'utf8');
        host.root.write('listen', listen.replace('-o UsePAM=no', '-o UsePAM=no -o ClientAliveInterval=5'), 0o755);
        await host.root.start();
        const { verdict } = await host.act('Check');
        expect([verdict.verdict, verdict.was]).toEqual(['drifted', '5/120']);
        expect(shown()).toBe(before + 1);
      });

      it('ignores what a run that was killed wrote of the process', async () => {
        const host = await machine(AL2);
        await host.act('Apply');
        const state = readFileSync(host.root.in('run/cdk-ssh-keepalive.state'), 'utf8');
        for (const part of ['', state.slice(0, 3), state.split('\n')[0]!, state.slice(0, -5)]) {
          host.root.write('run/cdk-ssh-keepalive.state', part);
          expect((await host.act('Check')).verdict.verdict).toBe('compliant');
        }
        expect(readFileSync(host.root.in('run/cdk-ssh-keepalive.state'), 'utf8')).toBe(state);
      });

      it('replaces its own values by new ones, in the same place', async () => {
        for (const host of [await machine(AL2), await debian()]) {
          await host.act('Apply');
          const { verdict } = await host.act('Apply', '15', '3');
          expect([verdict.verdict, verdict.was]).toEqual(['changed', '60/120']);
          const text = Object.values(host.files()).join();
          expect(text.match(/# BEGIN cdk-ssh-keepalive/g)).toHaveLength(1);
          expect(await host.effective()).toEqual(
            expect.arrayContaining(['clientaliveinterval 15', 'clientalivecountmax 3']),
          );
        }
      });

      it('keeps mode and symlink of sshd_config', async () => {
        const host = await machine(AL2);
        const [link, real] = [host.root.in('etc/ssh/sshd_config'), host.root.in('etc/ssh/real_config')];
        linkSync(link, real);
        rmSync(link);
        symlinkSync('real_config', link);
        chmodSync(real, 0o640);
        expect((await host.act('Apply')).verdict.verdict).toBe('changed');
        expect(lstatSync(link).isSymbolicLink()).toBe(true);
        expect((statSync(real).mode & 0o777).toString(8)).toBe('640');
        expect(readFileSync(real, 'utf8')).toBe(BLOCK + AL2.toString());
      });

      it('reports a Match block that overrides the values for some, with file and line', async () => {
        const config = 'Port 22\nMatch User bob\n  ClientAliveInterval 5\nMatch all\n';
        const host = await machine(config);
        const { verdict, text } = await host.act('Apply');
        expect(verdict.verdict).toBe('changed');
        expect(text).toContain('/etc/ssh/sshd_config:7:  ClientAliveInterval 5\n');
        expect((await host.act('Apply')).text).toContain('/etc/ssh/sshd_config:7:  ClientAliveInterval 5\n');
        expect(await host.effective('bob')).toContain('clientaliveinterval 5');
      });

      it('reports no line above the first Match block, and none of its own', async () => {
        const match = 'Match User bob\n  X11Forwarding no\nMatch all\n';
        for (const host of [
          await machine(`ClientAliveInterval 300\nPort 22\n${match}`),
          await machine(`Include /etc/ssh/sshd_config.d/*.conf\nClientAliveInterval 300\n${match}`, { dropIns: {} }),
        ]) {
          expect((await host.act('Apply')).verdict.verdict).toBe('changed');
          const { verdict, text } = await host.act('Check');
          expect([verdict.verdict, text]).toEqual(['compliant', '']);
        }
      });

      it('does not claim success, and changes nothing, where a Match block overrides the values for all', async () => {
        const host = await machine('Match all\n  ClientAliveInterval 5\n');
        const before = host.files();
        const { status, verdict, text } = await host.act('Apply');
        expect([status, verdict.verdict, verdict.reason]).toEqual([2, 'failed', 'overridden']);
        expect(text).toContain('/etc/ssh/sshd_config:2:  ClientAliveInterval 5\n');
        expect(text).toContain('Nothing was changed.');
        expect(host.files()).toEqual(before);
        expect(host.restarts()).toBe(0);
      });

      /** Somebody else edits sshd_config whenever the script has made a candidate of it; at most `times` times. */
      const editMeanwhile = (host: Machine, edit: string, times: number): void => {
        const sshd = readFileSync(host.root.in('usr/sbin/sshd'), 'utf8');
        const edits = host.root.in('edits');
        host.root.write('edits', '');
        const editor = `\ncase $* in */new*) [ $(grep -c . ${edits}) -ge ${times} ] || { echo edit >>${edits}; ${edit}; } ;; esac\n`;
        host.root.write('usr/sbin/sshd', sshd.replace('\n', editor), 0o755);
      };

      it.each([
        [
          'renames into place',
          (config: string) => `{ cat ${config} && echo UseDNS no; } >${config}.e && mv ${config}.e ${config}`,
        ],
        ['appends in place', (config: string) => `echo UseDNS no >>${config}`],
      ])('keeps what somebody else %s while it works', async (_, edit) => {
        const host = await machine('Port 22\n');
        const before = host.config.toString();
        editMeanwhile(host, edit(host.root.in('etc/ssh/sshd_config')), 1);
        expect((await host.act('Apply')).verdict.verdict).toBe('changed');
        expect(host.config.toString()).toBe(`${BLOCK}${before}UseDNS no\n`);
        expect(await host.effective()).toContain('usedns no');

        editMeanwhile(host, edit(host.root.in('etc/ssh/sshd_config')), 2);
        const { status, verdict, text } = await host.act('Apply', '30');
        expect([status, verdict.reason]).toEqual([2, 'edited']);
        expect(text).toBe(
          'Somebody else edited /etc/ssh/sshd_config meanwhile; run this again.\nNothing was changed.\n',
        );
        expect(host.config.toString()).toBe(`${BLOCK}${before}${'UseDNS no\n'.repeat(3)}`);
        expect((await host.act('Apply', '30')).verdict.verdict).toBe('changed');
      });

      it('keeps what somebody else appends through the old name after the rename', async () => {
        const host = await machine('Port 22\n');
        const before = host.config.toString();
        const config = host.root.in('etc/ssh/sshd_config');
        // An editor that opened the file before the rename, and writes after it.
        host.root.write(
          'usr/bin/mv',
          `#!/bin/sh\nexec 4>>${config}\n/bin/mv "$@" && echo UseDNS no >&4\nrm -f "$0"\n`,
          0o755,
        );
        expect((await host.act('Apply')).verdict.verdict).toBe('changed');
        expect(host.config.toString()).toBe(`${BLOCK}${before}UseDNS no\n`);
      });

      it('overwrites no edit when it rolls back, and says what to do', async () => {
        const host = await machine('Port 22\n');
        const config = host.root.in('etc/ssh/sshd_config');
        failRestarts(host, `[ "$1" = restart ] && echo UseDNS no >>${config}`);
        const { status, verdict, text } = await host.act('Apply');
        expect([status, verdict.reason]).toEqual([3, 'restart']);
        expect(text).toContain('Somebody else edited /etc/ssh/sshd_config meanwhile, so it is left as it is.');
        expect(host.config.toString()).toMatch(/^# BEGIN[^]*UseDNS no\n/);
      });

      it.each([
        ['writes a drop-in', 'Include /etc/ssh/sshd_config.d/*.conf\n', [0, 'changed', 'applied']],
        ['writes nothing where no drop-in is included', 'Port 22\n', [2, 'failed', 'config']],
      ])('%s where sshd_config is in /usr/etc alone, as on SLES 16', async (_, config, expected) => {
        const host = await machine('Port 22\n', { dropIns: { 'other.conf': '' } });
        await host.root.stop();
        const [etc, vendor] = [host.root.in('etc/ssh'), host.root.in('usr/etc/ssh/sshd_config')];
        rmSync(host.root.in('etc/ssh/sshd_config'));
        host.root.write('usr/etc/ssh/sshd_config', config.replace('/etc/ssh', etc));
        // sshd of SUSE looks in /etc first.
        const sshd = readFileSync(host.root.in('usr/sbin/sshd'), 'utf8');
        const fallback = `config='-f ${etc}/sshd_config'\n[ -e ${etc}/sshd_config ] || config='-f ${vendor}'`;
        host.root.write('usr/sbin/sshd', sshd.replace(`config='-f ${etc}/sshd_config'`, fallback), 0o755);
        const before = host.files();
        const { status, verdict, text } = await host.act('Apply');
        expect([status, verdict.verdict, verdict.reason]).toEqual(expected);
        if (status === 0) {
          expect(verdict.where).toBe(host.root.in(DROPIN));
          expect((await host.act('Check')).verdict.verdict).toBe('compliant');
          expect((await host.act('Remove')).verdict.verdict).toBe('removed');
        } else {
          expect(text).toContain('a file of its package. Copy it to /etc/ssh/sshd_config, then run this again.');
        }
        expect(host.files()).toEqual(before);
        expect(readdirSync(host.root.in('usr/etc/ssh'))).toEqual(['sshd_config']);
      });

      it("does not claim success where sshd's command line overrides the values", async () => {
        const host = await machine(AL2);
        await host.root.stop();
        host.root.write(
          'listen',
          readFileSync(host.root.in('listen'), 'utf8').replace('-o UsePAM=no', '-o UsePAM=no -o ClientAliveInterval=5'),
          0o755,
        );
        await host.root.start();
        const { status, verdict, text } = await host.act('Apply');
        expect([status, verdict.verdict, verdict.reason]).toEqual([2, 'failed', 'overridden']);
        expect(text).toContain('command line');
        expect(host.config.equals(AL2)).toBe(true);
      });

      it('leaves a damaged sshd_config alone and says which line is wrong', async () => {
        const host = await machine(AL2);
        host.root.write('etc/ssh/sshd_config', `${AL2.toString()}PermitRootLogon no\n`, 0o600);
        const before = host.files();
        for (const action of ['Apply', 'Check', 'Remove']) {
          const { status, verdict, text } = await host.act(action);
          expect([status, verdict.verdict, verdict.reason]).toEqual([2, 'failed', 'config']);
          expect(text).toMatch(/\/etc\/ssh\/sshd_config: line 1\d\d: Bad configuration option: PermitRootLogon/);
          expect(text).toContain('Nothing was changed.');
        }
        expect(host.files()).toEqual(before);
        expect(host.restarts()).toBe(0);
      });

      it.each([
        [
          'a block that does not end',
          '# BEGIN cdk-ssh-keepalive\nPort 22\n',
          'line 1: a block begins that does not end',
        ],
        ['an end without a block', 'Port 22\n# END cdk-ssh-keepalive\n', 'line 2: a block ends that did not begin'],
        ['two blocks', BLOCK + BLOCK, 'line 5: a second block begins'],
        ['an edited marker', '#BEGIN cdk-ssh-keepalive\n', 'line 1: this marker was edited'],
      ])('refuses damaged markers: %s', async (_, config, message) => {
        const host = await machine(config);
        const before = host.files();
        for (const action of ['Apply', 'Remove']) {
          const { status, verdict, text } = await host.act(action, '30');
          expect([status, verdict.verdict, verdict.reason]).toEqual([2, 'failed', 'markers']);
          expect(text).toContain(message);
        }
        expect(host.files()).toEqual(before);
      });

      it('puts everything back and restarts again when sshd does not come up', async () => {
        for (const host of [await machine(AL2), await debian()]) {
          const before = host.files();
          const unit = readFileSync(host.root.in('unit'), 'utf8').trim();
          // A restart that fails as long as our values are in the files.
          const etc = host.root.in('etc/ssh');
          failRestarts(
            host,
            `[ "$1" = restart ] && grep -qs "^ClientAliveInterval 60" ${etc}/sshd_config ${etc}/sshd_config.d/*.conf`,
          );
          const { status, verdict, text } = await host.act('Apply');
          expect([status, verdict.verdict, verdict.reason]).toEqual([2, 'failed', 'restart']);
          expect(text).toContain(`Job for ${unit}.service failed.`);
          expect(text).toContain('Everything was rolled back.');
          expect(host.files()).toEqual(before);
          expect(host.restarts()).toBe(2);
          expect(host.root.systemctlCalls()).toContain(`reset-failed ${unit}`);
          expect((await host.root.systemctl('is-active', unit)).status).toBe(0);
        }
      });

      it('says so, with another exit code, when even that does not help', async () => {
        const host = await machine(AL2);
        failRestarts(host, '[ "$1" = restart ]');
        const { status, verdict, text } = await host.act('Apply');
        expect([status, verdict.verdict, verdict.reason]).toEqual([3, 'failed', 'restart']);
        expect(text).toContain('could not be rolled back');
        expect(host.config.equals(AL2)).toBe(true);
      });

      it('restarts nothing that is not running, as under socket activation', async () => {
        const host = await machine(AL2);
        await host.root.stop();
        const { status, verdict, text } = await host.act('Apply');
        expect([status, verdict.verdict]).toEqual([0, 'changed']);
        expect(text).toContain('the values are in force as soon as one starts');
        expect(host.restarts()).toBe(0);
      });

      it('finishes what a run that was killed left behind', async () => {
        const host = await machine(AL2);
        await host.act('Apply');
        host.root.write('etc/ssh/.cdk-ssh-keepalive/old', 'x');
        const { status, verdict } = await host.act('Apply');
        expect([status, verdict.verdict, verdict.reason]).toEqual([0, 'changed', 'resumed-applied']);
        expect(host.config.toString()).toBe(BLOCK + AL2.toString());
        expect(readdirSync(host.root.in('etc/ssh'))).not.toContain('.cdk-ssh-keepalive');
        expect(host.restarts()).toBe(2);
      });

      it('keeps runs apart that begin at the same time', async () => {
        const host = await debian();
        const results = await Promise.all(['10', '20', '30', '40'].map((interval) => host.act('Apply', interval)));
        expect(results.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
        const interval = (await host.effective()).find((line) => line.startsWith('clientaliveinterval'));
        expect(['10', '20', '30', '40'].map((value) => `clientaliveinterval ${value}`)).toContain(interval);
        expect(readdirSync(host.root.in('etc/ssh/sshd_config.d')).sort()).toEqual([
          '00-cdk-ssh-keepalive.conf',
          '50-cloud-init.conf',
        ]);
      });
    });

    it('tells the journal of a change, and of nothing else', async () => {
      const host = await machine(AL2);
      host.root.write('usr/bin/logger', `#!/bin/sh\necho "$*" >>${host.root.in('logged')}\n`, 0o755);
      for (const action of ['Check', 'Apply', 'Apply', 'Remove']) await host.act(action);
      const lines = readFileSync(host.root.in('logged'), 'utf8').trim().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(
        /^-t cdk-ssh-keepalive verdict=changed interval=60 countmax=120 was=0\/3 where=\S+ reason=applied$/,
      );
      expect(lines[1]).toContain('verdict=removed');
    });

    it('restarts sshd once for runs that begin at the same time and want the same', async () => {
      const host = await debian();
      const results = await Promise.all([1, 2, 3, 4].map(() => host.act('Apply')));
      const verdicts = results.map(({ verdict }) => verdict.verdict).sort();
      expect(verdicts).toEqual(['changed', 'unchanged', 'unchanged', 'unchanged']);
      expect(host.restarts()).toBe(1);
      await Promise.all([1, 2, 3].map(() => host.act('Remove')));
      expect(host.restarts()).toBe(2);
    });

    describe('Check', () => {
      it('calls compliant what is as wanted, whoever wrote it', async () => {
        const { status, verdict } = await (await machine(AL2_ARTICLE)).act('Check');
        expect([status, verdict.verdict, verdict.was]).toEqual([0, 'compliant', '60/120']);
      });

      it('calls anything else drifted, and changes nothing', async () => {
        const host = await debian();
        const before = host.files();
        const { status, verdict, text } = await host.act('Check');
        expect([status, verdict.verdict, verdict.was, verdict.interval]).toEqual([1, 'drifted', '0/3', '60']);
        expect(text).toContain('The effective values are ClientAliveInterval 0 and ClientAliveCountMax 3');
        expect(host.files()).toEqual(before);
        expect(host.restarts()).toBe(0);
      });
    });

    describe('Remove', () => {
      it('gives back every byte and mode', async () => {
        for (const host of [
          await machine(AL2),
          await debian(),
          await machine('Port 22\r\n\r\n# no newline at the end'),
        ]) {
          const before = host.files();
          await host.act('Apply');
          expect(host.files()).not.toEqual(before);
          const { status, verdict } = await host.act('Remove');
          expect([status, verdict.verdict, verdict.was, verdict.interval]).toEqual([0, 'removed', '60/120', '0']);
          expect(host.files()).toEqual(before);
          expect(host.restarts()).toBe(2);
        }
      });

      it('keeps what somebody else has changed since: lines, and the mode', async () => {
        const host = await machine(AL2);
        await host.act('Apply');
        host.root.write('etc/ssh/sshd_config', `${BLOCK}${AL2.toString()}MaxSessions 5\n`, 0o640);
        expect((await host.act('Remove')).verdict.verdict).toBe('removed');
        expect(host.config.toString()).toBe(`${AL2.toString()}MaxSessions 5\n`);
        expect((statSync(host.root.in('etc/ssh/sshd_config')).mode & 0o777).toString(8)).toBe('640');
      });

      it('has nothing to do where nothing is ours', async () => {
        const host = await machine(AL2_ARTICLE);
        const before = host.files();
        const { status, verdict } = await host.act('Remove');
        expect([status, verdict.verdict, verdict.reason]).toEqual([0, 'removed', 'absent']);
        expect(host.files()).toEqual(before);
        expect(host.restarts()).toBe(0);
      });
    });

    it.each([
      ['Action', ['Aplly', '60', '120']],
      ['Action', ['', '60', '120']],
      ['ClientAliveInterval', ['Apply', '0', '120']],
      ['ClientAliveInterval', ['Apply', '060', '120']],
      ['ClientAliveInterval', ['Apply', '86401', '120']],
      ['ClientAliveInterval', ['Apply', '99999999999999999999', '120']],
      ['ClientAliveInterval', ['Apply', '60\nfoo=bar', '120']],
      ['ClientAliveInterval', ['Apply', '1m', '120']],
      ['ClientAliveCountMax', ['Apply', '60', '-1']],
      ['ClientAliveCountMax', ['Apply', '60', '10001']],
      ['ClientAliveCountMax', ['Apply', '60', '$(touch /etc/ssh/pwned)']],
      ['ClientAliveCountMax', ['Apply', '60', '٣']],
    ])('refuses a bad %s and touches nothing: %j', async (name, [action = '', interval, countMax]) => {
      const host = await machine(AL2);
      const before = host.files();
      const { status, verdict, text } = await host.act(action, interval, countMax);
      expect([status, verdict.verdict, verdict.reason]).toEqual([2, 'failed', 'parameter']);
      expect(text).toMatch(new RegExp(`^${name} must be .*, got: '.*'\\.\nNothing was changed\\.\n$`));
      expect(host.files()).toEqual(before);
    });
  });
});
