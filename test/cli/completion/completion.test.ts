// What the real shells make of the scripts.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describeWith } from '../../support/requirements';
import { BUNDLE, Home } from '../command-line';

const home = new Home();
afterAll(() => home.remove());

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: home.folder,
    env: home.env,
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

beforeAll(() => writeFileSync(home.path('a snippet.txt'), ''));

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
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish', '--help']);
  });

  test.each(COMMANDS)('all options of client %s', (command) => {
    expect(offered('client', command, '--').sort()).toEqual(optionsInHelp('client', command));
    expect(offered('client', command, '--json', 'word', '--').sort()).toEqual(optionsInHelp('client', command));
  });

  test('files where a file is wanted, and nothing where nobody knows', () => {
    expect(offered('client', 'install', '--from', 'a')).toEqual(['a snippet.txt']);
    expect(offered('client', 'install', '--from', '=', 'a')).toEqual(['a snippet.txt']);
    expect(offered('client', 'install', '--config', '=')).toContain('a snippet.txt');
    expect(offered('client', 'install', '--stack', '')).toEqual([]);
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
    expect(offered('cdk-ssh-keepalive ')).toEqual(['client', 'completion', 'help', 'version']);
    expect(offered('cdk-ssh-keepalive client ').sort()).toEqual([...COMMANDS].sort());
    expect(offered('cdk-ssh-keepalive completion ').sort()).toEqual(['bash', 'fish', 'zsh']);
  });

  test.each(COMMANDS)('all options of client %s', (command) => {
    expect(offered(`cdk-ssh-keepalive client ${command} --`).sort()).toEqual(optionsInHelp('client', command));
  });

  test('files where a file is wanted', () => {
    expect(offered('cdk-ssh-keepalive client install --from a')).toEqual(['a snippet.txt']);
    expect(offered('cdk-ssh-keepalive client install --stack a')).toEqual([]);
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
    expectOffered('cdk-ssh-keepalive completion ', ['bash', 'zsh', 'fish']);
  });

  test.each(COMMANDS)('all options of client %s', (command) => {
    expectOffered(`cdk-ssh-keepalive client ${command} --`, optionsInHelp('client', command));
  });

  test('files where a file is wanted', () => {
    expectOffered('cdk-ssh-keepalive client install --from a', ['a\\ snippet.txt']);
  });
});

test('Another shell is wrong usage, and the known ones are named', () => {
  const { status, stderr } = spawnSync(process.execPath, [BUNDLE, 'completion', 'csh'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/'csh' is invalid.*bash, zsh, fish/);
});
