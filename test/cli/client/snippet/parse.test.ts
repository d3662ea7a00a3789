import * as fc from 'fast-check';
import { parse } from '../../../../bin/cli/client/snippet/parse';
import { bounded } from '../../../../lib/client/bounded-text';
import { type Host, block, hostBlock } from '../../../../lib/client/host-block';
import { instanceConnectEndpointCommand, sessionManagerCommand } from '../../../../lib/client/proxy-command';
import { snippetBlocks } from '../../../../lib/client/snippet';
import { join } from '../../../../lib/client/split';
import {
  ALIAS,
  HOST_NAME,
  IDENTITY_FILE,
  PROFILE,
  REGION,
  USER,
  type ValueRule,
} from '../../../../lib/client/ssh-config-value';

const FOR_ALL = 'Host *\n  ServerAliveInterval 60\n  ServerAliveCountMax 5\n';

/** The message with which the text is refused. */
function refusal(text: string): string {
  try {
    parse(text, 'here');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`was taken: ${JSON.stringify(text)}`);
}

/** A host with this line, and the keepalive below it. */
function withLine(line: string): string {
  return `Host web\n  ${line}\n\n${FOR_ALL}`;
}

describe('A snippet', () => {
  test('is what lib/client renders', () => {
    const text = `# a word\n\nHost web db-?\n  HostName 10.0.0.1\n  User ec2-user\n  Port 2222\n  IdentityFile "~/my keys/web"\n${FOR_ALL}`;
    expect(parse(text, 'stack Web')).toEqual({
      hosts: [
        {
          patterns: ['web', 'db-?'],
          hostName: bounded('10.0.0.1'),
          user: 'ec2-user',
          port: 2222,
          identityFile: '~/my keys/web',
        },
      ],
      interval: 60,
      countMax: 5,
      origin: 'stack Web',
    });
  });

  test('may have line ends of Windows, tabs, keywords in any case, and comments in any language', () => {
    const text = `HOST\tweb\n\tuser\t me \n# für alle\n${FOR_ALL}`;
    const { hosts } = parse(text.replaceAll('\n', '\r\n'), 'here');
    expect(hosts).toEqual([{ patterns: ['web'], user: 'me' }]);
  });

  const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  /** Values of all characters that the rule takes at some place. */
  const word = ({ pattern }: ValueRule): fc.Arbitrary<string> => {
    const alphabet = [...PRINTABLE, '%d'].filter((character) => pattern.test(`a${character}a`));
    const unit = fc.constantFrom(...alphabet);
    return fc.string({ unit, minLength: 1, maxLength: 255, size: 'medium' }).filter((text) => pattern.test(text));
  };
  const region = fc.stringMatching(REGION.pattern).map((text) => bounded(text));
  const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined });
  const command = fc
    .tuple(fc.constantFrom(sessionManagerCommand, instanceConnectEndpointCommand), region, maybe(word(PROFILE)))
    .map(([render, told, profile]) => render(told, profile));
  const host: fc.Arbitrary<Host> = fc.record({
    patterns: fc.oneof(
      { weight: 4, arbitrary: fc.tuple(word(ALIAS)) },
      { weight: 1, arbitrary: fc.constant(['i-*', 'mi-*']) },
    ),
    hostName: maybe(word(HOST_NAME).map((text) => bounded(text))),
    user: maybe(word(USER)),
    port: maybe(fc.integer({ min: 1, max: 65_535 })),
    identityFile: maybe(word(IDENTITY_FILE)),
    proxyCommand: maybe(command),
  });
  const hosts = fc.uniqueArray(host, { selector: ({ patterns }) => patterns.join(' '), maxLength: 8 });
  const numbers = fc.record({
    interval: fc.integer({ min: 1, max: 86_400 }),
    countMax: fc.integer({ min: 1, max: 10_000 }),
  });

  test('comes back as it was rendered, whatever hosts it has', () => {
    fc.assert(
      fc.property(hosts, numbers, (given, { interval, countMax }) => {
        const keepalive = { interval: bounded(`${interval}`), countMax: bounded(`${countMax}`) };
        const rendered = snippetBlocks(keepalive, given);
        const parsed = parse(join(rendered), 'here');
        expect(parsed).toMatchObject({ interval, countMax });
        const last = block(['*'], { ServerAliveInterval: keepalive.interval, ServerAliveCountMax: keepalive.countMax });
        expect([...parsed.hosts.map(hostBlock), last]).toEqual(rendered.slice(1));

        // The hosts are those that were given; only `ProxyCommand none` may have been added.
        const byName = new Map(parsed.hosts.map((each) => [each.patterns.join(' '), each]));
        expect(byName.size).toBe(given.length);
        for (const each of given) {
          const { proxyCommand, ...rest } = byName.get(each.patterns.join(' ')) ?? { patterns: [] };
          expect({ ...each, proxyCommand: undefined }).toEqual({ ...rest, proxyCommand: undefined });
          expect(proxyCommand ?? each.proxyCommand).toEqual(each.proxyCommand ?? (proxyCommand && bounded('none')));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('that is mutilated is taken only when what is left is still one that lib/client writes', () => {
    const given: Host[] = [
      { patterns: ['web'], hostName: bounded('10.0.0.1'), user: 'me', identityFile: '~/my keys/web' },
      { patterns: ['i-*', 'mi-*'], proxyCommand: sessionManagerCommand(bounded('eu-west-1'), 'dev') },
    ];
    const text = join(snippetBlocks({ interval: bounded('60'), countMax: bounded('5') }, given));
    const dirt = fc.oneof(
      fc.constantFrom(
        ';',
        '$(id)',
        '`',
        '|',
        '&',
        '\n',
        ' ',
        '"',
        '%',
        '\0',
        '\x1b[2J',
        '\nMatch exec id\n',
        '\nLocalCommand id\n',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), dirt, (at, removed, inserted) => {
        const mutilated = text.slice(0, at) + inserted + text.slice(at + removed);
        let parsed;
        try {
          parsed = parse(mutilated, 'here');
        } catch {
          return;
        }
        const rendered = parsed.hosts.map((each) => hostBlock(each).text).join('\n');
        for (const line of rendered.split('\n')) {
          expect(line).toMatch(
            /^(|Host [\w.*?-]+( [\w.*?-]+)*| {2}(HostName|User) [\w.:@+-]+| {2}Port \d+| {2}IdentityFile ([^\s"]+|"[^"]+")| {2}ProxyCommand (none|aws (ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p|ec2-instance-connect open-tunnel --instance-id %h --remote-port %p) --region [a-z0-9-]+( --profile [\w.@+/-]+)?))$/,
          );
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('A snippet is refused, with its line and the reason,', () => {
  test.each([
    ['Match exec "id"', 'can run commands and is never allowed'],
    ['match all', 'can run commands'],
    ['LocalCommand id', 'runs a command'],
    ['PermitLocalCommand yes', 'lets commands run'],
    ['KnownHostsCommand /bin/id', 'runs a command'],
    ['Include ~/other', 'reads other files'],
    ['ForwardAgent yes', "'ForwardAgent' is not an allowed keyword"],
    ['ProxyJump evil', "'ProxyJump' is not an allowed keyword"],
    ['User=root', "'User=root' is not an allowed keyword"],
    ['"User" root', 'is not an allowed keyword'],
    ['SendEnv *', 'is not an allowed keyword'],
    ['ProxyCommand id', 'is run by a shell'],
    ['ProxyCommand None', 'is run by a shell'],
    ['User root # me', 'User must be'],
    ['User', 'User has no value'],
    ['HostName', 'HostName has no value'],
    ['Port 0', 'Port must be a whole number between 1 and 65535'],
    ['Port 22x', 'Port must be a whole number in plain digits'],
    ['Port 0x16', 'Port must be a whole number in plain digits'],
    ['IdentityFile ~/my key', 'needs quotes'],
    ['IdentityFile -oProxyCommand=id', 'IdentityFile must be a path'],
    ['IdentityFile "a" "b"', 'needs quotes'],
    ['ServerAliveInterval 60', 'ServerAliveInterval is not allowed in the block of a host'],
  ])('when a host has %s', (line, reason) => {
    expect(refusal(withLine(line))).toMatch(/^here, line 2: /);
    expect(refusal(withLine(line))).toContain(reason);
  });

  const SAFE = sessionManagerCommand(bounded('eu-west-1'), 'dev').text;
  test.each([
    `${SAFE}; id`,
    `${SAFE} ; id`,
    `id; ${SAFE}`,
    SAFE.replace('eu-west-1', '$(id)'),
    SAFE.replace('dev', '$(id)'),
    SAFE.replace('dev', '-dev'),
    SAFE.replace('dev', 'dev id'),
    SAFE.replace(' --profile', '  --profile'),
    SAFE.replace('aws', '/tmp/aws'),
    SAFE.replace('AWS-StartSSHSession', 'Mine'),
    SAFE.replace('%h', 'i-0123'),
    SAFE.replace(/ --region .*/, ''),
    `sh -c '${SAFE}'`,
  ])('when the ProxyCommand is not exactly one of ours: %s', (command) => {
    expect(refusal(withLine(`ProxyCommand ${command}`))).toMatch(/^here, line 2: .*ProxyCommand/);
  });

  test('when a keyword is given twice in a block, or a name in two', () => {
    expect(refusal(`Host web\n  User a\n  User b\n${FOR_ALL}`)).toContain('line 3: User is given twice');
    expect(refusal(`Host web\n  User a\nHost db web\n  User b\n${FOR_ALL}`)).toContain(
      "line 3: the alias 'web' is given twice",
    );
  });

  test.each(['!web', '-web', 'a,b', '* web', '"web"', 'web # x'])('when a Host line is for %s', (patterns) => {
    expect(refusal(`Host ${patterns}\n  User a\n${FOR_ALL}`)).toMatch(/^here, line 1: the alias/);
  });

  test('when a Host line has no name, or a value has no Host line', () => {
    expect(refusal(`Host\n${FOR_ALL}`)).toContain('line 1: Host has no name');
    expect(refusal(`User a\n${FOR_ALL}`)).toContain('line 1: User stands above the first Host line');
  });

  test.each([
    [
      '  ServerAliveInterval 60\n  ServerAliveCountMax 0\n',
      'must be at least 1, got: 0 (ssh then ends healthy sessions',
    ],
    ['  ServerAliveInterval 0\n', 'ServerAliveInterval must be at least 1, got: 0 (ssh then sends nothing)'],
    ['  ServerAliveInterval 86401\n', 'must be at most 86400, got: 86401'],
    ['  ServerAliveCountMax 10001\n', 'must be at most 10000, got: 10001'],
    ['  ServerAliveInterval 1m30s\n', "in plain digits, got: '1m30s'"],
    ['  ServerAliveInterval -1\n', 'in plain digits'],
    ['  ServerAliveInterval 99999999999\n', 'in plain digits'],
    ['  User root\n', "User is not allowed in the block 'Host *'"],
  ])('when the block for every host is %j', (lines, reason) => {
    expect(refusal(`Host *\n${lines}`)).toMatch(/^here, line [23]: /);
    expect(refusal(`Host *\n${lines}`)).toContain(reason);
  });

  test('when the end is missing, or something stands behind it', () => {
    for (const text of ['', '# nothing\n', 'Host web\n  User a\n', 'Host *\n', FOR_ALL.replace(/ .*Max.*\n/, '')]) {
      expect(refusal(text)).toMatch(/^here: the end must be a block 'Host \*'/);
    }
    expect(refusal(`${FOR_ALL}Host web\n`)).toContain("line 4: nothing may stand below the block 'Host *'");
    expect(refusal(FOR_ALL + FOR_ALL)).toContain('line 4: nothing may stand below');
  });

  test.each([
    ['\0', 'U+0000'],
    ['\x1b', 'U+001B'],
    ['\r', 'U+000D'],
    ['\x7f', 'U+007F'],
    ['\u009b', 'U+009B'],
  ])('when there is a control character, even in a comment, and it is not echoed', (character, name) => {
    for (const line of [`User a${character}b`, `# a${character}b`]) {
      const message = refusal(withLine(line));
      expect(message).toContain(`line 2: ${name} at column`);
      expect(message).not.toContain(character);
    }
  });

  test('when there is something else than ASCII outside of comments', () => {
    expect(refusal(withLine('User us\u0435r'))).toContain('line 2: U+0435 at column 10 is not ASCII');
    expect(refusal(`\ufeff${FOR_ALL}`)).toContain('U+FEFF at column 1');
  });

  test('when a line or the whole is too long', () => {
    expect(refusal(withLine(`User ${'x'.repeat(256)}`))).toContain('line 2: User must have at most 255 characters');
    expect(refusal(withLine(`# ${'x'.repeat(1021)}`))).toContain(
      'line 2: a line has at most 1022 bytes, and this has 1025',
    );
    expect(refusal('#\n'.repeat(40_000) + FOR_ALL)).toMatch(/^here: a snippet has at most 65536 bytes/);
  });

  test('and what is quoted of it is short', () => {
    expect(refusal(withLine('x'.repeat(1000))).length).toBeLessThan(500);
  });
});
