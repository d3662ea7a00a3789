// Arbitrary configurations, put together from everything that makes sshd_config hard to edit. Knows nothing about what
// is done with them.
import fc from 'fast-check';
import type { Files } from './suite-machine';
import type { Wanted } from './suite-script';

const DROPIN = 'sshd_config.d/00-cdk-ssh-keepalive.conf';

/** Values that a run can be for; few, so that configurations often have them already. */
export const wantedValues: fc.Arbitrary<Wanted> = fc.constantFrom(
  { interval: 60, countMax: 120 },
  { interval: 15, countMax: 3 },
  { interval: 300, countMax: 1 },
);

const oneOf = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const keepalive = fc.oneof(
  fc.tuple(fc.constant('ClientAliveInterval'), oneOf('60', '15', '300', '0', '5', '1m')),
  fc.tuple(fc.constant('ClientAliveCountMax'), oneOf('120', '3', '1', '0', '7')),
);
const anywhere: fc.Arbitrary<[string, string]> = fc.constantFrom(
  ['X11Forwarding', 'no'],
  ['PermitRootLogin', 'prohibit-password'],
  ['AllowTcpForwarding', 'local'],
  ['Banner', '/etc/issue.net'],
  ['MaxAuthTries', '4'],
  ['ForceCommand', 'internal-sftp'],
  ['AuthorizedKeysFile', '.ssh/authorized_keys'],
);
const globally: fc.Arbitrary<[string, string]> = fc.constantFrom(
  ['Port', '22'],
  ['Port', '2222'],
  ['UseDNS', 'no'],
  ['LoginGraceTime', '30'],
  ['TCPKeepAlive', 'no'],
  ['UsePAM', 'no'],
  ['Subsystem', 'sftp internal-sftp'],
  ['PrintMotd', 'no'],
  // Given up, with a warning that names the line.
  ['UsePrivilegeSeparation', 'yes'],
  ['RSAAuthentication', 'no'],
);
// What no sshd accepts.
const broken: fc.Arbitrary<string> = oneOf('PermitRootLogon no', 'ClientAliveInterval', 'Match', 'Port "22');

/** A keyword and its value as people write them. */
const spelled = (setting: fc.Arbitrary<[string, string]>): fc.Arbitrary<string> =>
  fc
    .tuple(
      setting,
      oneOf('', '', '  ', '\t'),
      oneOf('as is', 'as is', 'lower', 'upper'),
      oneOf(' ', ' ', '=', ' = ', '\t', '   '),
      oneOf('', '', '"'),
      oneOf('', '', '', '  ', ' # why', '\t# 60'),
    )
    .map(([[keyword, value], indentation, letters, separator, quote, end]) => {
      const written = { 'as is': keyword, lower: keyword.toLowerCase(), upper: keyword.toUpperCase() }[letters];
      // A command keeps its quotes, and some versions take a comment for a part of it.
      if (/^(ForceCommand|Subsystem)$/.test(keyword)) return `${indentation}${written} ${value}`;
      return `${indentation}${written}${separator}${quote}${value}${quote}${end}`;
    });

const comment = oneOf(
  '',
  '   ',
  '# a comment',
  '#ClientAliveInterval 0',
  '\t# Match User bob',
  '#Include /etc/ssh/*.conf',
);
const globalLine = fc.oneof(
  { weight: 3, arbitrary: spelled(globally) },
  { weight: 2, arbitrary: spelled(anywhere) },
  { weight: 3, arbitrary: spelled(keepalive) },
  { weight: 3, arbitrary: comment },
);
const matchLine = fc.oneof(
  { weight: 2, arbitrary: spelled(anywhere) },
  { weight: 2, arbitrary: spelled(keepalive) },
  { weight: 1, arbitrary: comment },
);
const condition = oneOf(
  'User bob',
  'User bob,alice',
  'user=bob',
  'User *',
  'User *,!root',
  'Group sftponly',
  'Address 10.0.0.0/8',
  'Address 192.0.2.0/24,!192.0.2.1',
  'User bob Address 10.0.0.0/8',
  'LocalPort 2222',
  'Host *.example.org',
  'all',
);
const include = fc
  .tuple(
    oneOf('Include', 'include', 'INCLUDE'),
    oneOf(' ', '\t', '=', ' = '),
    oneOf(
      '/etc/ssh/sshd_config.d/*.conf',
      '/etc/ssh/sshd_config.d/*.conf',
      '"/etc/ssh/sshd_config.d/*.conf"',
      'sshd_config.d/*.conf',
      '/etc/ssh/sshd_config.d/*',
      '/etc/ssh/sshd_config.d/50-more.conf',
      '/etc/ssh/extra.conf',
      '/etc/ssh/missing.conf',
      'missing.d/*.conf',
      '/etc/ssh/extra.conf /etc/ssh/sshd_config.d/*.conf',
    ),
  )
  .map((parts) => parts.join(''));
const matchBlock = fc
  .tuple(
    oneOf('Match ', 'match ', 'MATCH\t'),
    condition,
    fc.array(fc.oneof({ weight: 6, arbitrary: matchLine }, { weight: 1, arbitrary: include }), { maxLength: 3 }),
  )
  .map(([keyword, about, lines]) => [`${keyword}${about}`, ...lines].join('\n'));

const ourBlock = fc
  .tuple(oneOf('60', '15', '30'), oneOf('120', '3', '4'))
  .map(
    ([interval, countMax]) =>
      `# BEGIN cdk-ssh-keepalive\nClientAliveInterval ${interval}\nClientAliveCountMax ${countMax}\n# END cdk-ssh-keepalive`,
  );

const ending = oneOf('\n', '\n', '\n', '');
const text = (...parts: fc.Arbitrary<string[]>[]): fc.Arbitrary<string> =>
  fc.tuple(fc.tuple(...parts), ending).map(([lines, end]) => {
    const all = lines.flat();
    return all.length === 0 ? '' : all.join('\n') + end;
  });
/** Once in so many times. */
const oneIn = (times: number, line: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.tuple(fc.integer({ min: 1, max: times }), line).map(([draw, value]) => (draw === times ? [value] : []));

const main = fc
  .tuple(
    text(
      oneIn(5, ourBlock),
      oneIn(2, include),
      fc.array(globalLine, { maxLength: 6 }),
      oneIn(4, include),
      oneIn(40, broken),
      fc.array(matchBlock, { maxLength: 3 }),
    ),
    fc.integer({ min: 1, max: 10 }),
  )
  // Our own block is never written with CRLF: such a one was edited, and is refused.
  .map(([lines, draw]) =>
    draw === 10 && !lines.includes('cdk-ssh-keepalive') ? lines.replaceAll('\n', '\r\n') : lines,
  );
const dropIn = text(fc.array(globalLine, { maxLength: 3 }), oneIn(3, matchBlock), oneIn(60, broken));

/** What /etc/ssh holds. */
export const configurations: fc.Arbitrary<Files> = fc
  .record(
    {
      sshd_config: main,
      'extra.conf': dropIn,
      'sshd_config.d/00-aaa.conf': dropIn,
      'sshd_config.d/50-more.conf': dropIn,
      [DROPIN]: ourBlock.map((block) => block + '\n'),
    },
    { requiredKeys: ['sshd_config'] },
  )
  .map((files): Files => ({ ...files, 'sshd_config.d': { folder: true } }));
