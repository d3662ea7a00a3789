// Nobody but root steers what the scripts do: not with parameter values, whatever the agent does with them, not with the
// environment, not with files that lie in wait.
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { find } from '../../bin/test-bed/openssh';
import type { PrivateRoot } from '../../bin/test-bed/private-root';
import type { Outcome } from '../../bin/test-bed/unprivileged';
import { addDocument } from '../../lib/server/document';
import { DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';
import { AMAZON_LINUX_2, DEBIAN_12, FaultsMachine, sameFiles, verdictOf, type Files } from './faults-machine';

jest.setTimeout(60_000);

interface Content {
  readonly parameters: Record<string, { default: string; allowedPattern: string }>;
  readonly mainSteps: { inputs: { runCommand: string[] } }[];
}

const stack = new Stack();
addDocument(stack, 'Document');
const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Document'));
const content = (resource as { Properties: { Content: Content } }).Properties.Content;

type Parameters = Record<string, string>;

/** How Systems Manager decides; for these patterns RE2 and JavaScript mean the same. */
const lets = (name: string, value: string): boolean => new RegExp(content.parameters[name]!.allowedPattern).test(value);

const complete = (given: Parameters): Parameters => ({
  ...Object.fromEntries(Object.entries(content.parameters).map(([name, parameter]) => [name, parameter.default])),
  ...given,
});

/** What an agent that substitutes makes of the document's text. */
function substitute(values: [string, string][]): string {
  const text = content.mainSteps[0]!.inputs.runCommand.join('\n') + '\n';
  return values.reduce((filled, [name, value]) => filled.replaceAll(`{{${name}}}`, value), text);
}

/** The two kinds of agents: what each makes of the document and its parameters. Undefined: it refuses to run it. */
const AGENTS = {
  'passes them in the environment': (given: Parameters) => ({
    script: DOCUMENT_SCRIPT,
    env: Object.fromEntries(Object.entries(complete(given)).map(([name, value]) => [`SSM_${name}`, value])),
  }),
  'fills them into the text': (given: Parameters) => {
    const values = Object.entries(complete(given));
    if (values.some(([name, value]) => !lets(name, value))) return undefined;
    return { script: substitute(values), env: {} };
  },
};

describe.each(['dash', 'bash'] as const)('Under %s', (shell) => {
  describeWith(['sshd', 'ssh', shell], 'the script', () => {
    let machine: FaultsMachine;
    let shipped: Files;
    let canary: string;
    beforeAll(async () => {
      machine = await FaultsMachine.create(AMAZON_LINUX_2);
      shipped = machine.files();
      canary = machine.root.in('canary');
    });
    afterAll(() => machine.dispose());
    afterEach(() => {
      rmSync(canary, { force: true });
      return machine.reset(shipped);
    });

    /** Values that would do something if anything but a comparison were made of them. */
    const hostile = (): string[] => [
      ...[
        '',
        ' ',
        '0',
        '00',
        '060',
        '-1',
        '+60',
        '1.5',
        '1e3',
        '0x10',
        '1m',
        ' 60',
        '60 ',
        '60\n',
        '\n60',
        '60\nid',
        '60\r',
      ],
      ...['٣', '６０', '6０', '60\u200b', '86401', '99999999999999999999', '9'.repeat(5_000), 'a'.repeat(100_000)],
      ...[
        `$(touch ${canary})`,
        `\`touch ${canary}\``,
        `60;touch ${canary}`,
        `60&touch ${canary}`,
        `60|touch ${canary}`,
      ],
      ...[`60\ntouch ${canary}\n`, `";touch ${canary};"`, `';touch ${canary};'`, `\${x:=$(touch ${canary})}`],
      ...[
        `60"; touch ${canary} #`,
        `x[$(touch ${canary})]`,
        `>${canary}`,
        `60>${canary}`,
        '*',
        '?',
        '~',
        '{{Action}}',
        '%s%n',
        '\\',
        '--',
      ],
      ...['apply', 'Apply ', 'Apply\n', 'Applyx', `Apply;touch ${canary}`, 'Apply|Check', '.*', 'Check\nRemove'],
    ];

    it.each(Object.keys(AGENTS) as (keyof typeof AGENTS)[])(
      'takes no value for more than a value from an agent that %s',
      async (agent) => {
        for (const name of Object.keys(content.parameters)) {
          for (const value of hostile()) {
            expect([name, value, lets(name, value)]).toEqual([name, value, false]);
            const run = AGENTS[agent]({ [name]: value });
            if (!run) continue;
            const { status, stdout, stderr } = await machine.root.run(run.script, { shell, env: run.env });
            expect([name, value, status, stderr]).toEqual([name, value, 2, stdout]);
            expect(stdout).toMatch(
              /^cdk-ssh-keepalive verdict=failed interval=[\d-]+ countmax=[\d-]+ [ -~]*reason=parameter\n/,
            );
            // Nothing but the three lines, so that no value can forge a verdict.
            expect(stdout).toMatch(
              new RegExp(`^[ -~]+\n${name} must be [ -~]*, got: '[ -~]{0,40}'\\.\nNothing was changed\\.\n$`),
            );
            expect(existsSync(canary)).toBe(false);
          }
        }
        expect(sameFiles(machine.files(), shipped)).toBe(true);
        expect(machine.restarts()).toBe(0);
      },
    );

    it('runs no value of a Parameter Store reference that changed after the agent had checked it', async () => {
      for (const name of Object.keys(content.parameters)) {
        for (const value of hostile()) {
          const script = substitute(Object.entries({ ...complete({ Action: 'Check' }), [name]: value }));
          const outcome = await machine.root.run(script, { shell });
          // Of several lines the first is the value.
          expect([name, value, existsSync(canary)]).toEqual([name, value, false]);
          expect([name, value, verdictOf(outcome).verdict]).toEqual([
            name,
            value,
            expect.stringMatching(/^(failed|drifted|changed|removed)$/),
          ]);
          if (outcome.status === 0) await machine.reset(shipped);
        }
      }
    });

    it.each(Object.keys(AGENTS) as (keyof typeof AGENTS)[])(
      'accepts all that the patterns let through from an agent that %s',
      async (agent) => {
        const good: [string, string][] = [
          ...['1', '9', '10', '60', '999', '1000', '9999', '10000', '79999', '85999', '86399', '86400'].map(
            (value): [string, string] => ['ClientAliveInterval', value],
          ),
          ...['1', '120', '9999', '10000'].map((value): [string, string] => ['ClientAliveCountMax', value]),
        ];
        for (const [name, value] of good) {
          expect([name, value, lets(name, value)]).toEqual([name, value, true]);
          const run = AGENTS[agent]({ Action: 'Check', [name]: value });
          const outcome = await machine.root.run(run!.script, { shell, env: run!.env });
          expect([name, value, outcome.status, verdictOf(outcome).verdict]).toEqual([name, value, 1, 'drifted']);
        }
      },
    );

    /** Runs Apply with something prepared by the lines before the shell is started. */
    const applyAfter = (lines: string, env: Record<string, string> = {}): Promise<Outcome> => {
      // Agents start sh: bash is started by that name too, which makes it read less of its environment.
      mkdirSync(machine.root.in('as-sh'), { recursive: true });
      rmSync(machine.root.in('as-sh/sh'), { force: true });
      symlinkSync(find(shell) ?? shell, machine.root.in('as-sh/sh'));
      const assignments = Object.entries(env).map(([name, value]) => `'${name}=${value.replaceAll("'", "'\\''")}'`);
      const start = `exec /usr/bin/env ${assignments.join(' ')} '${machine.root.in('as-sh/sh')}' "$@"`;
      machine.root.write(
        'prepared-shell',
        `#!/bin/sh\n${lines}\n${start}${lines.startsWith('#fds') ? ' <&- >&- 2>&-' : ''}\n`,
        0o755,
      );
      return machine.act('Apply', '60', { shell: machine.root.in('prepared-shell') });
    };
    const mustHaveApplied = async ({ status }: Outcome): Promise<void> => {
      expect(status).toBe(0);
      expect(existsSync(canary)).toBe(false);
      expect(await machine.effective()).toMatch(/^clientaliveinterval 60\nclientalivecountmax 120$/m);
      expect(machine.leftovers()).toEqual([]);
      const { mode } = machine.files().sshd_config!;
      expect(mode.toString(8)).toBe('600');
      expect(await machine.isUp()).toBe(true);
    };

    it.each([
      ['IFS', { IFS: '/.-_abcdefghijklmnopqrstuvwxyz' }],
      ['CDPATH', { CDPATH: '/tmp:/' }],
      ['a locale', { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', LC_CTYPE: 'tr_TR.UTF-8' }],
      ['POSIXLY_CORRECT', { POSIXLY_CORRECT: '1' }],
      [
        'GREP_OPTIONS and the like',
        { GREP_OPTIONS: '-v', GREP_COLORS: 'x', AWKPATH: '/tmp', CP_OPTIONS: '-v', TMPDIR: '/nowhere' },
      ],
      [
        'variables of its own',
        { MAIN: '/x', BLOCK: 'x', UNIT: 'x', LOCKED: 'yes', CHANGED_MAIN: 'yes', MAIN_JOURNAL: '/', RESTARTED: 'x' },
      ],
      ['SHELLOPTS=noglob', { SHELLOPTS: 'noglob' }],
      ['SHELLOPTS=nounset:pipefail', { SHELLOPTS: 'nounset:pipefail' }],
    ])('is not steered by %s in the environment', async (_, env) => {
      await mustHaveApplied(await applyAfter('', env));
    });

    it('finds no command in the PATH that it was started with', async () => {
      for (const name of ['awk', 'cp', 'grep', 'mv', 'rm', 'sed', 'sshd', 'systemctl', 'timeout', 'bash'])
        machine.root.write(`evil/${name}`, `#!/bin/sh\n>'${canary}'\n`, 0o755);
      await mustHaveApplied(await applyAfter('', { PATH: machine.root.in('evil') }));
    });

    it('runs no file that ENV or BASH_ENV names', async () => {
      machine.root.write('evil.sh', `>'${canary}'\n`);
      const evil = machine.root.in('evil.sh');
      await mustHaveApplied(await applyAfter('', { ENV: evil, BASH_ENV: evil }));
    });

    it.each(['errexit', 'noclobber', 'noexec'])('is safe under SHELLOPTS=%s', async (option) => {
      const { status, stdout } = await applyAfter('', { SHELLOPTS: option });
      expect(await machine.isValid()).toBe(true);
      expect(await machine.isUp()).toBe(true);
      const applied = (await machine.effective()).includes('clientaliveinterval 60\n');
      // Without a verdict nobody takes a run for a success.
      if (status === 0 && stdout.startsWith('cdk-ssh-keepalive')) expect(applied).toBe(true);
      if (status === 2) expect(sameFiles(machine.files(), shipped)).toBe(true);
    });

    it.each([
      ['a umask that gives everything away', 'umask 000'],
      ['a umask that keeps everything', 'umask 777'],
      ['a working folder that is gone', 'mkdir gone-$$ && cd gone-$$ && rmdir "$PWD"'],
      ['closed input and outputs', '#fds'],
    ])('is not steered by %s', async (_, lines) => {
      await mustHaveApplied(await applyAfter(lines));
    });
  });
});

describe.each([
  ['the script', (machine: FaultsMachine) => machine.act('Apply')],
  ['the first boot', (machine: FaultsMachine) => machine.root.run(FIRST_BOOT_SNIPPET)],
])('Where others can write to /etc/ssh, %s', (_, run) => {
  describeWith(['sshd', 'ssh', 'dash'], 'changes nothing outside', () => {
    let machine: FaultsMachine;
    afterEach(() => machine.dispose());

    it.each([
      ['a link for the journal', (root: PrivateRoot, path: string) => symlinkSync(root.in('outside'), root.in(path))],
      ['a link to nothing', (root: PrivateRoot, path: string) => symlinkSync(root.in('outside/none'), root.in(path))],
      ['a file for the journal', (root: PrivateRoot, path: string) => root.write(path, '')],
      [
        'links in a folder for the journal',
        (root: PrivateRoot, path: string) => {
          root.write(`${path}/.keep`, '');
          for (const name of ['new', 'old', 'd']) symlinkSync(root.in('outside/victim'), root.in(`${path}/${name}`));
        },
      ],
    ])('%s', async (_, prepare) => {
      machine = await FaultsMachine.create(DEBIAN_12);
      const { root } = machine;
      root.write('outside/victim', 'precious\n');
      for (const folder of ['etc/ssh', 'etc/ssh/sshd_config.d']) prepare(root, `${folder}/.cdk-ssh-keepalive`);
      expect((await run(machine)).status).toBe(0);
      expect(readdirSync(root.in('outside'))).toEqual(['victim']);
      expect(readFileSync(root.in('outside/victim'), 'utf8')).toBe('precious\n');
      expect(await machine.isValid()).toBe(true);
      expect((await machine.act('Apply')).status).toBe(0);
      expect(machine.leftovers()).toEqual([]);
      expect(readdirSync(root.in('outside'))).toEqual(['victim']);
      expect(readFileSync(root.in('outside/victim'), 'utf8')).toBe('precious\n');
    });

    it('a link in place of the drop-in', async () => {
      machine = await FaultsMachine.create(DEBIAN_12);
      const { root } = machine;
      root.write('outside/victim', '# precious\n');
      symlinkSync(root.in('outside/victim'), root.in('etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf'));
      expect((await run(machine)).status).toBe(0);
      expect(readFileSync(root.in('outside/victim'), 'utf8')).toBe('# precious\n');
      expect(await machine.effective()).toMatch(/^clientaliveinterval 60$/m);
    });

    it('a link to nothing in place of the drop-in, which sshd refuses', async () => {
      machine = await FaultsMachine.create(DEBIAN_12);
      const { root } = machine;
      root.write('outside/.keep', '');
      const link = root.in('etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf');
      symlinkSync(root.in('outside/none'), link);
      expect(await machine.isValid()).toBe(false);
      await run(machine);
      expect(readdirSync(root.in('outside'))).toEqual(['.keep']);
      expect(readlinkSync(link)).toBe(root.in('outside/none'));
      expect(machine.restarts()).toBe(0);
    });

    it('a link in place of the lock, with bytes behind it', async () => {
      machine = await FaultsMachine.create(DEBIAN_12);
      const { root } = machine;
      root.write('outside/victim', 'precious\n');
      symlinkSync(root.in('outside/victim'), root.in('run/cdk-ssh-keepalive.lock'));
      expect((await run(machine)).status).toBe(0);
      expect(readFileSync(root.in('outside/victim'), 'utf8')).toBe('precious\n');
    });
  });
});
