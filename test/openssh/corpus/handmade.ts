// Configurations made by hand: each is there for a way in which an editor of sshd_config can go wrong. Knows nothing
// about how they are tested.
import { type CorpusEntry, entry } from './entry';

const INCLUDE = 'Include /etc/ssh/sshd_config.d/*.conf\n';
const BLOCK = '# BEGIN cdk-ssh-keepalive\nClientAliveInterval 30\nClientAliveCountMax 4\n# END cdk-ssh-keepalive\n';
const ARTICLE = 'ClientAliveInterval 60\nClientAliveCountMax 120\n';
const DROPIN = 'sshd_config.d/00-cdk-ssh-keepalive.conf';

const VALUES: CorpusEntry[] = [
  entry('an empty file', ''),
  entry('only a newline', '\n'),
  entry('only comments', '# ClientAliveInterval 60\n#ClientAliveCountMax 120\n'),
  entry('both values already right', ARTICLE, { ends: 'unchanged' }),
  entry('only the interval right', 'ClientAliveInterval 60\n'),
  entry('only the count right', 'ClientAliveCountMax 120\n'),
  entry('an old ClientAliveCountMax 0', 'ClientAliveInterval 300\nClientAliveCountMax 0\n'),
  entry('right values twice', ARTICLE + ARTICLE, { ends: 'unchanged' }),
  entry('right values first and others later', `${ARTICLE}ClientAliveInterval 5\nClientAliveCountMax 1\n`, {
    ends: 'unchanged',
  }),
  entry('other values first and right ones later', `ClientAliveInterval 5\nClientAliveCountMax 1\n${ARTICLE}`),
  entry('the right interval in minutes', 'ClientAliveInterval 1m\nClientAliveCountMax 120\n', { ends: 'unchanged' }),
  entry('a commented line between two others', 'Port 22\n#ClientAliveInterval 0\nClientAliveCountMax 3\n'),
];

const SPELLING: CorpusEntry[] = [
  entry('lower case', 'clientaliveinterval 5\nclientalivecountmax 2\n'),
  entry('upper case', 'CLIENTALIVEINTERVAL 5\nCLIENTALIVECOUNTMAX 2\n'),
  entry('an equals sign', 'ClientAliveInterval=5\nClientAliveCountMax=2\n'),
  entry('an equals sign between blanks', 'ClientAliveInterval = 5\nClientAliveCountMax  =  2\n'),
  entry('quoted values', 'ClientAliveInterval "5"\nClientAliveCountMax "2"\n'),
  entry('right values, quoted, with equals signs', 'clientaliveInterval="60"\nCLIENTALIVECOUNTMAX = "120"\n', {
    ends: 'unchanged',
  }),
  entry('tabs and indentation', '\tClientAliveInterval\t\t5\n    ClientAliveCountMax \t 2  \n'),
  entry('a comment behind a value', 'ClientAliveInterval 5 # seconds\nClientAliveCountMax 2 # times\n'),
  entry('a comment glued to a value', 'ClientAliveInterval 5#seconds\n', { refusedBy: ['bookworm', 'trixie', 'sid'] }),
  entry('CRLF', 'Port 22\r\nClientAliveInterval 5\r\nPermitRootLogin no\r\n'),
  entry('CRLF and a Match block', 'Port 22\r\nMatch User bob\r\n  ClientAliveInterval 5\r\n'),
  entry('CRLF and an Include', `${INCLUDE.trim()}\r\nPort 22\r\n`, {
    files: { 'sshd_config.d/a.conf': 'UseDNS no\r\n' },
  }),
  entry('no newline at the end', 'Port 22\nPermitRootLogin no'),
  entry('no newline at the end of a value', 'Port 22\nClientAliveInterval 5'),
  entry('no newline at the end, in a comment', 'Port 22\n# the end'),
  entry('a line of 4,000 bytes', `DenyUsers ${'nobody-of-that-name '.repeat(200).trim()}\nPort 22\n`),
  entry('a comment of 100,000 bytes', `# ${'x'.repeat(100_000)}\nPort 22\n`),
  entry('options that sshd has given up', 'UsePrivilegeSeparation yes\nKeyRegenerationInterval 3600\nPort 22\n'),
  entry('options that sshd has given up, in a Match block', 'Match User bob\n  RSAAuthentication no\n'),
  entry('500 comments', '# a line\n'.repeat(500) + 'ClientAliveInterval 5\n'),
  entry('bytes that are not UTF-8 in a comment', '# caf\xe9 \xff\xfe\nPort 22\n'),
  entry('a form feed and blank lines', '\n\n   \n\t\nPort 22\n\n'),
  entry('a Banner whose name says ClientAliveInterval', 'Banner /etc/ClientAliveInterval\nPort 22\n'),
];

const MATCH: CorpusEntry[] = [
  entry('a Match block first', 'Match User bob\n  X11Forwarding no\n'),
  entry('a Match block last', 'Port 22\nClientAliveInterval 5\nMatch User bob\n  X11Forwarding no\n'),
  entry('a Match block last without a newline', 'Port 22\nMatch User bob\n  X11Forwarding no'),
  entry('a Match block with other values', 'Port 22\nMatch User bob\n  ClientAliveInterval 5\n'),
  entry('a Match block with one other value', 'Port 22\nMatch User bob\n  ClientAliveCountMax 0\n'),
  entry('a Match block with the right values', `Port 22\nMatch User bob\n${ARTICLE}`),
  entry('a Match block with an equals sign', 'Port 22\nMatch User=bob\n  ClientAliveInterval=5\n'),
  entry('a Match block in lower case', 'port 22\nmatch user bob\n  clientaliveinterval 5\n'),
  entry('a Match block by group and address', 'Match Group sftponly Address 10.0.0.0/8\n  ClientAliveInterval 7\n'),
  entry('a Match block by address, negated', 'Match Address !10.0.0.0/8,10.*\n  ClientAliveInterval 7\n'),
  entry('a Match block by host', 'UseDNS no\nMatch Host *.example.org\n  ClientAliveInterval 9\n'),
  entry('a Match block by local port', 'Port 22\nPort 2222\nMatch LocalPort 2222\n  ClientAliveInterval 9\n'),
  entry('a Match block by local address', 'Match LocalAddress 10.0.0.1\n  ClientAliveCountMax 9\n'),
  entry(
    'several Match blocks that contradict each other',
    'Match User bob\n  ClientAliveInterval 5\nMatch User bob,alice\n  ClientAliveInterval 6\nMatch User *\n  X11Forwarding no\n',
  ),
  entry(
    'Match all that sets something else',
    'Port 22\nMatch User bob\n  AllowTcpForwarding no\nMatch all\n  X11Forwarding no\n',
  ),
  entry('Match all with other values', 'Port 22\nMatch all\n  ClientAliveInterval 5\n', { ends: 'overridden' }),
  entry('Match all with the right values', `Port 22\nMatch all\n${ARTICLE}`, { ends: 'unchanged' }),
  entry('Match all, first, around everything', 'Match all\n  X11Forwarding no\n  ClientAliveCountMax 0\n', {
    ends: 'overridden',
  }),
  entry('a Match block for everybody but root', 'Match User *,!root\n  ClientAliveInterval 5\n', {
    ends: 'overridden',
  }),
  entry('a Match block of comments only', 'Match User bob\n  # ClientAliveInterval 5\n'),
  entry(
    'an old advice appended inside a Match block',
    `Port 22\nMatch User bob\n  ForceCommand internal-sftp\n${ARTICLE}`,
  ),
];

const INCLUDES: CorpusEntry[] = [
  entry('an Include at the top', `${INCLUDE}Port 22\n`, { files: { 'sshd_config.d/10.conf': 'X11Forwarding no\n' } }),
  entry('an Include of a folder that does not exist', `${INCLUDE}Port 22\n`),
  entry('an Include of an empty folder', `${INCLUDE}Port 22\n`, { files: { 'sshd_config.d': { folder: true } } }),
  entry('an Include in the middle', `Port 22\n${INCLUDE}ClientAliveInterval 5\n`, {
    files: { 'sshd_config.d/10.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('an Include behind other values', `ClientAliveInterval 5\n${INCLUDE}`, {
    files: { 'sshd_config.d/10.conf': 'X11Forwarding no\n' },
  }),
  entry('an Include inside a Match block', `Port 22\nMatch User bob\n${INCLUDE}`, {
    files: { 'sshd_config.d/10.conf': 'ClientAliveInterval 7\n' },
  }),
  entry(
    'a folder that is included once for all and once more inside a Match block of another file',
    `${INCLUDE}Include extra.conf\n`,
    {
      files: { 'extra.conf': `Match User bob\n${INCLUDE}`, 'sshd_config.d/00-aaa.conf': 'ClientAliveInterval 300\n' },
    },
  ),
  entry('an Include inside Match all', `Port 22\nMatch all\n${INCLUDE}`, {
    files: { 'sshd_config.d/10.conf': 'X11Forwarding no\n' },
  }),
  entry('a relative Include', 'Include sshd_config.d/*.conf\nPort 22\n', {
    files: { 'sshd_config.d/10.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('an Include of one file elsewhere', 'Include /etc/ssh/more.conf\nPort 22\n', {
    files: { 'more.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('an Include of a missing file', 'Include /etc/ssh/none.conf\nPort 22\n'),
  entry('two Includes on one line', 'Include /etc/ssh/a.conf /etc/ssh/sshd_config.d/*.conf\n', {
    files: { 'a.conf': 'ClientAliveCountMax 0\n', 'sshd_config.d/10.conf': 'X11Forwarding no\n' },
  }),
  entry('a quoted Include with an equals sign', 'include="/etc/ssh/sshd_config.d/*.conf"\nPort 22\n', {
    files: { 'sshd_config.d/10.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('a commented Include', `#${INCLUDE}Port 22\n`, {
    files: { 'sshd_config.d/10.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('an Include of another pattern', 'Include /etc/ssh/sshd_config.d/*-site.conf\nPort 22\n', {
    files: { 'sshd_config.d/10-site.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('an Include within an Include', `${INCLUDE}Port 22\n`, {
    files: { 'sshd_config.d/10.conf': 'Include /etc/ssh/deep.conf\n', 'deep.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('drop-ins that sort before ours', INCLUDE, {
    files: {
      'sshd_config.d/00-aaa.conf': 'ClientAliveInterval 7\n',
      'sshd_config.d/00-b.conf': 'ClientAliveCountMax 0\n',
    },
  }),
  entry('a drop-in that sorts before ours and ends in a Match block', INCLUDE, {
    files: { 'sshd_config.d/00-aaa.conf': 'Match User bob\n  ClientAliveInterval 7\n' },
  }),
  entry('a drop-in with a Match block', `${INCLUDE}Port 22\n`, {
    files: { 'sshd_config.d/50.conf': 'Match User bob\n  ClientAliveInterval 7\n' },
  }),
  entry('a drop-in with right values', INCLUDE, { ends: 'unchanged', files: { 'sshd_config.d/50.conf': ARTICLE } }),
  entry('a drop-in without a newline at its end', `${INCLUDE}Port 22\n`, {
    files: { 'sshd_config.d/00.conf': 'X11Forwarding no' },
  }),
  entry('two Includes of the same folder', `${INCLUDE}Port 22\n${INCLUDE}`, {
    files: { 'sshd_config.d/50.conf': 'ClientAliveInterval 7\n' },
  }),
  entry('a file of the folder that no Include names', `${INCLUDE}Port 22\n`, {
    files: { 'sshd_config.d/50.conf.rpmsave': 'ClientAliveInterval 7\n' },
  }),
  entry('a layout such as Fedora has, with crypto policies', `${INCLUDE}Subsystem sftp internal-sftp\n`, {
    files: {
      'sshd_config.d/40-policies.conf': 'Include /etc/ssh/policies.conf\n',
      'policies.conf': 'RekeyLimit 1G 1h\n',
      'sshd_config.d/50-distribution.conf': 'SyslogFacility AUTHPRIV\nX11Forwarding yes\n',
    },
  }),
];

const MARKERS: CorpusEntry[] = [
  entry('our block from an earlier run', `${BLOCK}Port 22\n`),
  entry('our block in the middle', `Port 22\n${BLOCK}PermitRootLogin no\n`),
  entry('our block at the end, behind other values', `ClientAliveInterval 5\n${BLOCK}`),
  entry('our block inside a Match block', `Port 22\nMatch User bob\n${BLOCK}`),
  entry('our block with lines added by hand', BLOCK.replace('# END', 'UseDNS no\n# END'), { ends: 'markers' }),
  entry('our block with values edited by hand', `${BLOCK.replace('30', '31')}Port 22\n`),
  entry('our block emptied by hand', '# BEGIN cdk-ssh-keepalive\n# END cdk-ssh-keepalive\nPort 22\n'),
  entry('our block with right values', BLOCK.replace('30', '60').replace('4', '120'), { ends: 'unchanged' }),
  entry('our block twice', BLOCK + BLOCK, { ends: 'markers' }),
  entry('a block that begins and does not end', 'Port 22\n# BEGIN cdk-ssh-keepalive\nUseDNS no\n', { ends: 'markers' }),
  entry('a block that ends and did not begin', 'Port 22\n# END cdk-ssh-keepalive\nUseDNS no\n', { ends: 'markers' }),
  entry('a block that ends before it begins', `Port 22\n# END cdk-ssh-keepalive\n${BLOCK}`, { ends: 'markers' }),
  entry('a marker without its blank', `${BLOCK.replace('# BEGIN', '#BEGIN')}Port 22\n`, { ends: 'markers' }),
  entry('a marker with an indentation', `${BLOCK.replace('# END', '  # END')}Port 22\n`, { ends: 'markers' }),
  entry('a marker with words behind it', `${BLOCK.replace('keepalive\n', 'keepalive do not edit\n')}`, {
    ends: 'markers',
  }),
  entry('our block in a file with CRLF', `${BLOCK}Port 22\n`.replaceAll('\n', '\r\n'), { ends: 'markers' }),
  entry('our block as the last lines, without a newline', `Port 22\n${BLOCK.trimEnd()}`),
  entry('our name in a comment of somebody else', '# see cdk-ssh-keepalive\nPort 22\n'),
  entry('our drop-in from an earlier run', INCLUDE, { files: { [DROPIN]: BLOCK } }),
  entry('our drop-in from an earlier run, edited by hand', INCLUDE, { files: { [DROPIN]: 'ClientAliveInterval 7\n' } }),
  entry('our drop-in where no Include reads it', 'Port 22\n', { files: { [DROPIN]: BLOCK } }),
  entry('our drop-in and our block', BLOCK + INCLUDE, { files: { [DROPIN]: BLOCK } }),
];

const FILES: CorpusEntry[] = [
  entry('mode 0640', '', { files: { sshd_config: { text: 'Port 22\n', mode: 0o640 } } }),
  entry('mode 0400', '', { files: { sshd_config: { text: 'Port 22\n', mode: 0o400 } } }),
  entry('a group of its own', '', { files: { sshd_config: { text: 'Port 22\n', mode: 0o660, owner: 1001 } } }),
  entry('a symbolic link', '', { files: { 'real/config': 'Port 22\n', sshd_config: { symlinkTo: 'real/config' } } }),
  entry('a symbolic link to a symbolic link', '', {
    files: {
      'real/config': { text: 'Port 22\n', mode: 0o600 },
      second: { symlinkTo: 'real/config' },
      sshd_config: { symlinkTo: 'second' },
    },
  }),
  entry('a symbolic link and an Include', '', {
    files: {
      'real/config': INCLUDE,
      sshd_config: { symlinkTo: 'real/config' },
      'sshd_config.d/50.conf': 'ClientAliveInterval 7\n',
    },
  }),
  entry('a folder of drop-ins that is a symbolic link', INCLUDE, {
    files: { 'elsewhere/50.conf': 'ClientAliveInterval 7\n', 'sshd_config.d': { symlinkTo: 'elsewhere' } },
  }),
  entry('a dangling symbolic link among the drop-ins', `${INCLUDE}Port 22\n`, {
    ends: 'config',
    files: { 'sshd_config.d/50.conf': { symlinkTo: 'nowhere' } },
  }),
  entry('a second name for sshd_config', 'Port 22\n', {
    secondName: true,
    files: { kept: { hardLinkTo: 'sshd_config' } },
  }),
  entry('a second name for sshd_config, and an Include', `${INCLUDE}Port 22\n`, {
    secondName: true,
    files: { 'sshd_config.d': { folder: true }, kept: { hardLinkTo: 'sshd_config' } },
  }),
  entry('an immutable sshd_config', 'Port 22\n', {
    ends: 'write',
    before: 'chattr +i /etc/ssh/sshd_config',
    after: 'chattr -i /etc/ssh/sshd_config',
  }),
  entry('an immutable sshd_config that includes drop-ins', `${INCLUDE}Port 22\n`, {
    files: { 'sshd_config.d': { folder: true } },
    before: 'chattr +i /etc/ssh/sshd_config',
    after: 'chattr -i /etc/ssh/sshd_config',
  }),
  entry('an immutable drop-in of ours', INCLUDE, {
    ends: 'write',
    files: { [DROPIN]: BLOCK },
    before: `chattr +i /etc/ssh/${DROPIN}`,
    after: `chattr -i /etc/ssh/${DROPIN}`,
  }),
  entry('an append-only sshd_config', 'Port 22\n', {
    ends: 'write',
    before: 'chattr +a /etc/ssh/sshd_config',
    after: 'chattr -a /etc/ssh/sshd_config',
  }),
  entry('a read-only folder', 'Port 22\n', {
    ends: 'write',
    before: 'mount --bind /etc/ssh /etc/ssh && mount -o remount,bind,ro /etc/ssh',
    after: 'umount /etc/ssh',
  }),
  entry('a read-only folder of drop-ins', INCLUDE, {
    files: { 'sshd_config.d/50.conf': 'X11Forwarding no\n' },
    ends: 'write',
    before: 'cd /etc/ssh/sshd_config.d && mount --bind . . && mount -o remount,bind,ro /etc/ssh/sshd_config.d',
    after: 'umount /etc/ssh/sshd_config.d',
  }),
];

const BROKEN: CorpusEntry[] = [
  entry('an unknown keyword', 'PermitRootLogon no\n', { ends: 'config' }),
  entry('an unknown keyword in a Match block', 'Port 22\nMatch User bob\n  PermitRootLogon no\n', { ends: 'config' }),
  entry('a keyword without its value', 'Port 22\nClientAliveInterval\n', { ends: 'config' }),
  entry('an interval that is no number', 'ClientAliveInterval soon\n', { ends: 'config' }),
  entry('a quote that does not end', 'Banner "/etc/issue\n', { ends: 'config' }),
  entry('a Match block without a condition', 'Match\n  ClientAliveInterval 5\n', { ends: 'config' }),
  entry('a keyword that Match does not allow', 'Match User bob\n  Port 23\n', { ends: 'config' }),
  entry('a byte order mark', '\xef\xbb\xbfPort 22\n', { ends: 'config' }),
  entry('a backslash at the end of a line', 'ClientAliveInterval \\\n60\n', { ends: 'config' }),
  entry('a broken drop-in', `${INCLUDE}Port 22\n`, { ends: 'config', files: { 'sshd_config.d/50.conf': 'Prot 22\n' } }),
  entry('a broken drop-in of ours', INCLUDE, { ends: 'config', files: { [DROPIN]: 'ClientAliveInterval soon\n' } }),
  entry('an Include of itself', 'Include /etc/ssh/sshd_config\n', { ends: 'config' }),
  entry('a binary file', '\x7fELF\x02\x01\x01\n', { ends: 'config' }),
  entry('no sshd_config at all', '', { ends: 'config', before: 'rm /etc/ssh/sshd_config' }),
];

export const HANDMADE: readonly CorpusEntry[] = [
  ...VALUES,
  ...SPELLING,
  ...MATCH,
  ...INCLUDES,
  ...MARKERS,
  ...FILES,
  ...BROKEN,
];
