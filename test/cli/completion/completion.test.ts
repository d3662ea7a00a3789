// What the real shells make of the scripts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describeWith } from '../../support/requirements';
import { BUNDLE, Home } from '../command-line';

const home = new Home();
afterAll(() => home.remove());

/** Some of these would do something if a shell expanded them. */
const CONFIG = `Host web db.example.com *.internal $(touch${'\t'}ran) \`touch\` ;x
  User me
Match exec "touch ${home.path('ran')}"
  User x
Include ${home.path('more')}
`;

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: home.folder,
    env: { ...home.env, PATH: `${home.path('bin')}:${home.env.PATH}` },
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** The file with the script for a shell. */
function scriptFor(shell: string): string {
  const file = home.path(`completion.${shell}`);
  writeFileSync(file, run(process.execPath, [BUNDLE, 'completion', shell]));
  return file;
}

/** The options that the help of a command names, which is where commander itself lists them. */
function optionsInHelp(...command: string[]): string[] {
  const help = run(process.execPath, [BUNDLE, ...command, '--help']);
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option = '']) => option).sort();
}

const COMMANDS = ['show', 'diff', 'install', 'uninstall', 'check'];
const FLEET = ['status', 'check', 'apply', 'remove'];

beforeAll(() => {
  writeFileSync(home.path('the snippet.txt'), '');
  writeFileSync(home.path('config'), CONFIG, { mode: 0o600 });
  writeFileSync(home.path('more'), 'Host included\n', { mode: 0o600 });
  writeFileSync(home.path('aws-config'), '[default]\n[profile dev]\n[profile prod-eu]\n[sso-session s]\n');
  writeFileSync(home.path('aws-credentials'), '[dev]\n[old]\n[$(touch ran)]\n');
  // The program as an installation puts it on the PATH, with the file of this test where ssh would read ~/.ssh/config.
  mkdirSync(home.path('bin'));
  writeFileSync(
    home.path('bin/cdk-ssh-keepalive'),
    `#!/bin/sh
case "$1 $2" in
  'complete hosts') exec '${process.execPath}' '${BUNDLE}' "$@" --config '${home.path('config')}' ;;
  *) exec '${process.execPath}' '${BUNDLE}' "$@" ;;
esac
`,
    { mode: 0o755 },
  );
});
afterAll(() => expect(existsSync(home.path('ran'))).toBe(false));

const HOSTS = ['web', 'db.example.com', 'included'];
const PROFILES = ['default', 'dev', 'prod-eu', 'old'];

test('complete lists hosts and profiles that are safe to type, and nothing where it fails', () => {
  const complete = (...args: string[]): string[] =>
    run('cdk-ssh-keepalive', ['complete', ...args])
      .split('\n')
      .slice(0, -1);
  expect(complete('hosts')).toEqual(HOSTS);
  expect(complete('profiles')).toEqual(PROFILES);
  expect(run(process.execPath, [BUNDLE, 'complete', 'hosts', '--config', home.folder])).toBe('');
});

test('the help does not mention complete', () => {
  expect(run(process.execPath, [BUNDLE, '--help'])).not.toMatch(/^ {2}complete /m);
});

describeWith(['bash'], 'bash completes', () => {
  let script: string;
  beforeAll(() => (script = scriptFor('bash')));

  /** What it offers for the last of the words. */
  function offered(...words: string[]): string[] {
    const code =
      'source "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _cdk_ssh_keepalive && printf "%s\\n" "${COMPREPLY[@]}"';
    const text = run('bash', ['--norc', '-c', code, 'bash', script, 'cdk-ssh-keepalive', ...words]);
    return text.split('\n').filter((line) => line !== '');
  }

  test('commands', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['client', 'completion', '--help', '--version']));
    expect(offered('client', '')).toEqual([...COMMANDS, '--help']);
    expect(offered('client', 'un')).toEqual(['uninstall']);
    expect(offered('fleet', '')).toEqual([...FLEET, '--help']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell', '--help']);
  });

  test.each(COMMANDS)('all options of client %s', (command) => {
    expect(offered('client', command, '--').sort()).toEqual(optionsInHelp('client', command));
    expect(offered('client', command, '--json', 'word', '--').sort()).toEqual(optionsInHelp('client', command));
  });

  test.each(FLEET)('all options of fleet %s', (command) => {
    expect(offered('fleet', command, '--').sort()).toEqual(optionsInHelp('fleet', command));
  });

  test('all options of probe, and hosts', () => {
    expect(offered('probe', '--').sort()).toEqual(optionsInHelp('probe'));
    expect(offered('probe', 'd')).toEqual(['db.example.com']);
    expect(offered('probe', '--svg', 'th')).toEqual(['the snippet.txt']);
  });

  test('files where a file is wanted, and nothing where nobody knows', () => {
    expect(offered('fleet', 'apply', '--targets-file', 'th')).toEqual(['the snippet.txt']);
    expect(offered('client', 'install', '--from', 'th')).toEqual(['the snippet.txt']);
    expect(offered('client', 'install', '--from', '=', 'th')).toEqual(['the snippet.txt']);
    expect(offered('client', 'install', '--config', '=')).toContain('the snippet.txt');
    expect(offered('client', 'install', '--stack', '')).toEqual([]);
  });

  test('hosts and AWS profiles', () => {
    expect(offered('client', 'check', '')).toEqual(expect.arrayContaining(HOSTS));
    expect(offered('client', 'check', 'web', 'd')).toEqual(['db.example.com']);
    expect(offered('client', 'install', '--profile', '')).toEqual(PROFILES);
    expect(offered('client', 'install', '--profile', '=', 'p')).toEqual(['prod-eu']);
  });
});

describeWith(['bash', 'shellcheck'], 'the script for bash', () => {
  test('passes ShellCheck', () => {
    run('shellcheck', ['--shell=bash', scriptFor('bash')]);
  });
});

describeWith(['fish'], 'fish completes', () => {
  let script: string;
  beforeAll(() => (script = scriptFor('fish')));

  /** What it offers at the end of the line. */
  function offered(line: string): string[] {
    const text = run('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`]);
    return text
      .split('\n')
      .flatMap((offer) => offer.split('\t', 1))
      .filter((word) => word !== '');
  }

  test('commands', () => {
    expect(offered('cdk-ssh-keepalive ')).toEqual(['client', 'completion', 'fleet', 'help', 'probe', 'version']);
    expect(offered('cdk-ssh-keepalive client ').sort()).toEqual([...COMMANDS].sort());
    expect(offered('cdk-ssh-keepalive fleet ').sort()).toEqual([...FLEET].sort());
    expect(offered('cdk-ssh-keepalive completion ').sort()).toEqual(['bash', 'fish', 'powershell', 'zsh']);
  });

  test.each(COMMANDS)('all options of client %s', (command) => {
    expect(offered(`cdk-ssh-keepalive client ${command} --`).sort()).toEqual(optionsInHelp('client', command));
  });

  test('files where a file is wanted', () => {
    expect(offered('cdk-ssh-keepalive client install --from th')).toEqual(['the snippet.txt']);
    expect(offered('cdk-ssh-keepalive client install --stack a')).toEqual([]);
  });

  test('hosts and AWS profiles', () => {
    expect(offered('cdk-ssh-keepalive client check ').sort()).toEqual([...HOSTS].sort());
    expect(offered('cdk-ssh-keepalive client check web d')).toEqual(['db.example.com']);
    expect(offered('cdk-ssh-keepalive client install --profile ').sort()).toEqual([...PROFILES].sort());
  });
});

describeWith(['zsh'], 'zsh completes', () => {
  let script: string;
  beforeAll(() => (script = scriptFor('zsh')));

  /** Types the line and a tab into an interactive zsh, and waits until all of these words stand there. */
  function expectOffered(line: string, words: readonly string[]): void {
    const code = `
zmodload zsh/zpty
zpty shell 'TERM=dumb zsh -f -i'
zpty -w shell "autoload -U compinit; compinit -D -u; LISTMAX=0 PROMPT= COLUMNS=200; stty -echo; source $1; print rea''dy"
zpty -r shell output '*ready*'
zpty -w -n shell $2$'\\t'
shift 2
seen=
while (( $# )); do
  [[ $seen == *$1* ]] || zpty -r shell output "*$\{(b)1}*" || exit 1
  seen+=$output
  shift
done
zpty -d shell`;
    run('zsh', ['-f', '-c', code, 'zsh', script, line, ...words]);
  }

  test('commands', () => {
    expectOffered('cdk-ssh-keepalive client ', COMMANDS);
    expectOffered('cdk-ssh-keepalive client uni', ['uninstall']);
    expectOffered('cdk-ssh-keepalive fleet ', FLEET);
    expectOffered('cdk-ssh-keepalive completion ', ['bash', 'zsh', 'fish', 'powershell']);
  });

  test.each(COMMANDS)('all options of client %s', (command) => {
    expectOffered(`cdk-ssh-keepalive client ${command} --`, optionsInHelp('client', command));
  });

  test('files where a file is wanted', () => {
    expectOffered('cdk-ssh-keepalive client install --from th', ['the\\ snippet.txt']);
  });

  test('hosts and AWS profiles', () => {
    expectOffered('cdk-ssh-keepalive client check ', HOSTS);
    expectOffered('cdk-ssh-keepalive client check web d', ['db.example.com']);
    expectOffered('cdk-ssh-keepalive client install --profile ', PROFILES);
    expectOffered('cdk-ssh-keepalive client install --profile=p', ['prod-eu']);
  });
});

describe('the script for PowerShell', () => {
  let script: string;
  beforeAll(() => (script = run(process.execPath, [BUNDLE, 'completion', 'powershell'])));

  /** The words of `Key = @('a', 'b')` in the entry of a command. */
  function words(command: string, key: string): string[] {
    const [, entry = ''] = new RegExp(`^ {8}'${command}' = @\\{\\n([^]*?)^ {8}\\}`, 'm').exec(script) ?? [];
    const [, list = ''] = new RegExp(`${key} = @\\((.*)\\)`).exec(entry) ?? [];
    return [...list.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
  }

  test('has all commands, and all options of each', () => {
    expect(words('cdk-ssh-keepalive client', 'Words')).toEqual(COMMANDS);
    for (const command of COMMANDS) {
      expect(words(`cdk-ssh-keepalive client ${command}`, 'Options').sort()).toEqual(optionsInHelp('client', command));
    }
    expect(words('cdk-ssh-keepalive fleet', 'Words')).toEqual(FLEET);
    for (const command of FLEET) {
      expect(words(`cdk-ssh-keepalive fleet ${command}`, 'Options').sort()).toEqual(optionsInHelp('fleet', command));
    }
    expect(words('cdk-ssh-keepalive completion', 'Argument')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });

  test('lists hosts and profiles at run time', () => {
    expect(script).toMatch(/'cdk-ssh-keepalive client check' = @\{\n.*\n.*\n +Argument = 'hosts'\n/);
    expect(script).toMatch(/^ +'--profile' = 'profiles'$/m);
    expect(script).toContain("& 'cdk-ssh-keepalive' complete $kind 2>$null");
  });

  test('has ASCII only, because Windows PowerShell reads a file without BOM in the code page', () => {
    expect(script).toMatch(/^[\n -~]*$/);
  });

  test('closes every quote and bracket', () => {
    const code = script
      .replace(/^\s*#.*$/gm, '')
      .replace(/'(?:[^'\n]|'')*'/g, '')
      .replace(/"[^"\n]*"/g, '');
    expect(code).not.toMatch(/['"]/);
    const open: string[] = [];
    for (const bracket of code.match(/[()[\]{}]/g) ?? []) {
      if ('([{'.includes(bracket)) open.push(bracket);
      else expect([open.pop(), bracket]).toEqual([{ ')': '(', ']': '[', '}': '{' }[bracket], bracket]);
    }
    expect(open).toEqual([]);
  });
});

test('Another shell is wrong usage, and the known ones are named', () => {
  const { status, stderr } = spawnSync(process.execPath, [BUNDLE, 'completion', 'csh'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/'csh' is invalid.*bash, zsh, fish, powershell/);
});
