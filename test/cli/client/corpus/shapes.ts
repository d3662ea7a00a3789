// Configurations as they are found in real homes. Each is installed into, with and without hosts of ours, and undone.

/** A configuration, and what is true of it afterwards. */
export interface Shape {
  readonly name: string;
  readonly text: string | Buffer;
  /** Other files, below the home. `HOME` in any text is the home. */
  readonly files?: Readonly<Record<string, string>>;
  /** What refuses it: ssh itself, or install because a value of the user could not stay in force. */
  readonly refused?: 'by ssh' | 'by us';
  /** Whether our keepalive has no effect, because the user has one, or turned it off, for every host. */
  readonly withoutEffect?: 'already set' | 'own values' | 'off';
  /** ServerAliveInterval and ServerAliveCountMax by name; 60/5, which is ours, for a name that is not here. */
  readonly keepalive?: Readonly<Record<string, string>>;
  /** Where our hosts `web` and `i-*` are not as in the snippet: other values, by keyword, or nothing of them at all. */
  readonly hosts?: Readonly<Record<string, 'unchanged' | Readonly<Record<string, string>>>>;
}

const LATIN1 = Buffer.from('# caf\xe9 \xff\xfe\nHost a\n  User me\n', 'latin1');

export const SHAPES: readonly Shape[] = [
  { name: 'empty', text: '' },
  { name: 'one empty line', text: '\n' },
  { name: 'a comment only', text: '# nothing here yet\n' },
  { name: 'one host', text: 'Host web\n  HostName 192.0.2.1\n', hosts: { web: 'unchanged' } },
  { name: 'no newline at the end', text: 'Host a\n  User me' },
  { name: 'a comment without newline at the end', text: 'Host a\n  User me\n# end' },
  { name: 'CRLF', text: 'Host a\r\n  User me\r\n\r\nHost *\r\n  User you\r\n' },
  { name: 'CRLF without newline at the end', text: 'Host a\r\n  User me' },
  { name: 'mixed line ends', text: 'Host a\r\n  User me\nHost b\n  User you\n' },
  { name: 'a carriage return at the very end', text: 'Host a\n  User me\r' },
  { name: 'tabs', text: 'Host\ta\n\tUser\tme\n\tServerAliveInterval\t30\n', keepalive: { a: '30/5' } },
  {
    name: 'equals signs',
    text: 'Host=a\nUser=me\nServerAliveInterval = 30\nServerAliveCountMax=\t2\n',
    keepalive: { a: '30/2' },
  },
  {
    name: 'quotes',
    text: 'Host "a" "b"\n  User "me"\n  "ServerAliveInterval" "30"\n',
    keepalive: { a: '30/5', b: '30/5' },
  },
  {
    name: 'upper and lower case',
    text: 'HOST a\n  USER me\n  serveraliveinterval 30\nhOsT *\n  SERVERALIVECOUNTMAX 4\n',
    keepalive: { a: '30/4', b: '60/4', 'not-in-the-file': '60/4' },
  },
  { name: 'deep indentation', text: '      Host a\n            User me\n   Host *\n            Port 2222\n' },
  { name: 'form feeds at line ends', text: 'Host a\f\n  User me \f\n' },
  { name: 'trailing blanks', text: 'Host a   \n  User me\t \nHost *  \n  Port 22 \n' },
  { name: 'Host * first', text: 'Host *\n  User me\n\nHost a\n  HostName 192.0.2.1\n' },
  {
    name: 'Host * first with keepalive',
    text: 'Host *\n  ServerAliveInterval 120\n\nHost a\n  User me\n',
    keepalive: { a: '120/5', b: '120/5', 'not-in-the-file': '120/5' },
  },
  {
    name: 'Host * last',
    text: 'Host a\n  HostName 192.0.2.1\n\n# for all\nHost *\n  User me\n  IdentityFile ~/.ssh/mine\n',
  },
  {
    name: 'Host * last with both values',
    text: 'Host a\n  User me\nHost *\n  ServerAliveInterval 20\n  ServerAliveCountMax 2\n',
    withoutEffect: 'own values',
    keepalive: { a: '20/2', b: '20/2', 'not-in-the-file': '20/2' },
  },
  {
    name: 'keepalive switched off',
    text: 'Host *\n  ServerAliveInterval 0\n',
    withoutEffect: 'off',
    keepalive: { a: '0/3', b: '0/3', 'not-in-the-file': '0/3' },
  },
  { name: 'a count max of 0', text: 'Host a\n  ServerAliveCountMax 0\n', keepalive: { a: '60/0' } },
  {
    name: 'the default values, written down',
    text: 'Host a\n  ServerAliveInterval 0\n  ServerAliveCountMax 3\n',
    keepalive: { a: '0/3' },
  },
  {
    name: 'lines above the first Host',
    text: 'User me\nServerAliveInterval 90\n\nHost a\n  Port 2222\n',
    keepalive: { a: '90/5', b: '90/5', 'not-in-the-file': '90/5' },
  },
  { name: 'lines above the first Host, without keepalive', text: 'User me\nPort 2222\nHost a\n  User you\n' },
  { name: 'only global lines', text: 'User me\nForwardAgent yes\n' },
  {
    name: 'several patterns',
    text: 'Host a b *.example.com 10.0.?.*\n  User me\n  ServerAliveInterval 15\n',
    keepalive: { a: '15/5', b: '15/5', 'x.example.com': '15/5', '10.0.1.2': '15/5' },
  },
  {
    name: 'negated patterns',
    text: 'Host * !a !*.example.com\n  ServerAliveInterval 15\nHost b\n  User me\n',
    keepalive: { a: '60/5', 'x.example.com': '60/5', b: '15/5', 'not-in-the-file': '15/5' },
  },
  {
    name: 'negated patterns below a default',
    text: 'Host *\n  User me\nHost *.example.com !a.example.com\n  ServerAliveInterval 15\n',
    keepalive: { 'b.example.com': '15/5', 'a.example.com': '60/5' },
  },
  {
    name: 'two sections with exceptions below a default',
    text: 'Host *\n  User me\nHost x* !xa\n  ServerAliveInterval 15\nHost y* !ya\n  ServerAliveInterval 25\n',
    keepalive: { xa: '60/5', xb: '15/5', ya: '60/5', yb: '25/5' },
  },
  {
    name: 'keepalive of hosts below a default',
    text: 'Host *\n  User me\nHost a\n  ServerAliveInterval 15\nHost b\n  ServerAliveCountMax 9\n',
    keepalive: { a: '15/5', b: '60/9' },
  },
  {
    name: 'the same host twice',
    text: 'Host a\n  User me\nHost b\n  User you\nHost a\n  Port 2222\n  ServerAliveInterval 15\n',
    keepalive: { a: '15/5' },
  },
  {
    name: 'a host of the same name as ours',
    text: 'Host web\n  HostName 192.0.2.1\n  ProxyJump jump\nHost *\n  User me\n',
    hosts: { web: 'unchanged' },
  },
  {
    name: 'a host of the same name as ours, below a default',
    text: 'Host *\n  User me\nHost web\n  HostName 192.0.2.1\n',
    hosts: { web: 'unchanged' },
  },
  {
    name: 'a name within a pattern of ours',
    text: 'Host *\n  User me\nHost i-0123\n  HostName 192.0.2.1\n',
    hosts: { 'i-0123': 'unchanged', 'i-9': 'unchanged' },
  },
  { name: 'a pattern that matches our name', text: 'Host w*\n  User me\n  HostName 192.0.2.9\nHost *\n  Port 2222\n' },
  {
    name: 'Match all at the end',
    text: 'Host a\n  User me\nMatch all\n  User you\n  ServerAliveInterval 15\n',
    keepalive: { a: '15/5', b: '15/5', 'not-in-the-file': '15/5' },
  },
  {
    name: 'Match host',
    text: 'Match host a,b\n  User me\n  ServerAliveInterval 15\nHost *\n  User you\n',
    keepalive: { a: '15/5', b: '15/5' },
  },
  {
    name: 'Match with keepalive below a default',
    text: 'Host *\n  User me\nMatch host a\n  ServerAliveInterval 15\n',
    keepalive: { a: '15/5' },
  },
  { name: 'Match user and originalhost', text: 'Match originalhost a user me\n  Port 2222\n  ServerAliveCountMax 8\n' },
  { name: 'Match localuser, negated', text: 'Match !localuser nobody\n  User me\nHost *\n  Port 22\n' },
  { name: 'Match exec', text: 'Match exec "touch HOME/ran"\n  User me\nHost *\n  Port 2222\n' },
  {
    name: 'Match exec with keepalive',
    text: 'Match originalhost a !exec "touch HOME/ran"\n  ServerAliveInterval 15\n',
  },
  { name: 'Match final', text: 'Host a\n  HostName 192.0.2.1\nMatch final host 192.0.2.*\n  User me\n' },
  {
    name: 'Match final with keepalive',
    text: 'Host a\n  HostName 192.0.2.1\nMatch final host 192.0.2.*\n  ServerAliveInterval 15\n',
    refused: 'by us',
  },
  {
    name: 'CanonicalizeHostname',
    text: 'CanonicalizeHostname yes\nCanonicalDomains example.invalid\nHost a\n  User me\n',
  },
  {
    name: 'CanonicalizeHostname with keepalive for canonical names',
    text: 'CanonicalizeHostname yes\nCanonicalDomains example.invalid\nHost *.example.invalid\n  ServerAliveInterval 15\n',
    refused: 'by us',
  },
  {
    name: 'permitted CNAMEs',
    text: 'CanonicalizePermittedCNAMEs *.example.invalid:*.example.invalid\nHost a\n  User me\n',
  },
  {
    name: 'Include at the top',
    text: 'Include HOME/inc\nHost a\n  User me\n',
    files: { inc: 'Host b\n  ServerAliveInterval 15\n' },
    keepalive: { b: '15/5' },
  },
  {
    name: 'Include at the end of a host',
    text: 'Host a\n  User me\n  Include HOME/inc\n',
    files: { inc: 'ServerAliveInterval 15\n' },
    keepalive: { a: '15/5' },
  },
  {
    name: 'Include below Host *',
    text: 'Host *\n  User me\n  Include HOME/inc\n',
    files: { inc: 'Host b\n  ServerAliveInterval 15\n' },
    keepalive: { b: '15/5' },
  },
  {
    name: 'Include of sections within a host, below a default',
    text: 'Host *\n  User me\nHost a*\n  Include HOME/inc\n',
    files: { inc: 'Host *b\n  ServerAliveInterval 15\n' },
    keepalive: { ab: '15/5' },
  },
  {
    name: 'Include with a star, nested',
    text: 'Include HOME/conf.d/*\nHost *\n  User me\n',
    files: {
      'conf.d/10-a': 'Host a\n  Include HOME/deep\n',
      'conf.d/20-b': 'Host b\n  Port 2222\n',
      deep: 'ServerAliveCountMax 6\n',
    },
    keepalive: { a: '60/6' },
  },
  { name: 'Include of what is not there', text: 'Include HOME/none HOME/no/*\nHost a\n  User me\n' },
  {
    name: 'Include of a file with Match exec',
    text: 'Host nobody\n  Include HOME/inc\nHost a\n  User me\n',
    files: { inc: 'Match exec "touch HOME/ran"\n  User x\n' },
  },
  {
    name: 'an included file that ends within a host',
    text: 'Include HOME/inc\nUser me\n',
    files: { inc: 'Host b\n  ServerAliveInterval 15' },
    keepalive: { b: '15/5' },
  },
  { name: 'IgnoreUnknown', text: 'IgnoreUnknown UseKeychain,AddKeysTo*\nHost *\n  UseKeychain yes\n  User me\n' },
  { name: 'an unknown keyword', text: 'Host *\n  UseKeychain yes\n', refused: 'by ssh' },
  { name: 'an unknown keyword in another host', text: 'Host a\n  User me\nHost b\n  Bogus yes\n', refused: 'by ssh' },
  { name: 'a keyword without a value', text: 'Host a\n  User\n', refused: 'by ssh' },
  { name: 'a bad value', text: 'Host a\n  ServerAliveInterval soon\n', refused: 'by ssh' },
  { name: 'a byte order mark', text: '\ufeffHost a\n  User me\n', refused: 'by ssh' },
  { name: 'a byte order mark before a comment', text: '\ufeff# mine\nHost a\n  User me\n', refused: 'by ssh' },
  { name: 'a backslash at a line end', text: 'Host a \\\n  b\n  User me\n', refused: 'by ssh' },
  { name: 'bytes that are no UTF-8', text: LATIN1 },
  { name: 'UTF-8 in comments and names', text: '# für alle — 日本\nHost grün\n  User jürgen\n' },
  { name: 'a very long line', text: `Host a ${'b'.repeat(900)}\n  User me\n# ${'x'.repeat(5000)}\n` },
  {
    name: 'trailing comments',
    text: 'Host a # mine\n  User me # who\n  ServerAliveInterval 15 # often\n',
    keepalive: { a: '15/5' },
  },
  { name: 'commented out', text: '#Host *\n#  ServerAliveInterval 60\n# Host a\n' },
  {
    name: 'another tool with markers',
    text: '# ------------START-CODER-----------\nHost coder.*\n  User me\n# ------------END-CODER------------\n',
  },
  {
    name: 'gcloud',
    text: '# Google Compute Engine Section\n#\nHost compute.1\n    HostName 192.0.2.3\n    IdentityFile ~/.ssh/gce\n# End of Google Compute Engine Section\n',
  },
  {
    name: 'OrbStack and an Include first',
    text: '# Added by OrbStack\nInclude ~/.orbstack/ssh/config\n\nHost *\n\tAddKeysToAgent yes\n',
  },
  {
    name: 'ProxyJump chains',
    text: 'Host jump\n  HostName 192.0.2.1\nHost inner\n  ProxyJump jump,web\n  HostName 10.0.0.1\nHost *\n  ControlPath ~/.ssh/cm-%r@%h:%p\n',
  },
  {
    name: 'forwardings and tokens',
    text: 'Host a\n  LocalForward 8080 localhost:80\n  RemoteForward 9000 localhost:9000\n  UserKnownHostsFile ~/.ssh/known_%h\n',
  },
  { name: 'multiplexing', text: 'Host *\n  ControlMaster auto\n  ControlPersist 10m\n  ControlPath ~/.ssh/%C\n' },
  {
    name: 'three hundred hosts',
    text: Array.from({ length: 300 }, (_, i) => `Host h${i}\n  HostName 192.0.2.${i % 250}\n`).join(''),
  },
  {
    name: 'three hundred hosts with keepalive below a default',
    text: `Host *\n  User me\n${Array.from({ length: 300 }, (_, i) => `Host h${i}\n  ServerAliveInterval ${i}\n`).join('')}`,
    keepalive: { h0: '0/5', h299: '299/5' },
  },
  {
    name: 'a general section in CRLF, with a section below',
    text: 'Host *\r\n  User me\r\nHost a\r\n  ServerAliveInterval 15\r\n',
    keepalive: { a: '15/5' },
  },
  { name: 'a general section without newline at the end', text: '# for all\nHost *\n  User me' },
  {
    name: 'our keepalive, written down',
    text: 'Host *\n  ServerAliveInterval 60\n  ServerAliveCountMax 5\n',
    withoutEffect: 'already set',
  },
  {
    name: 'keepalive switched off below that of a host',
    text: 'Host a\n  ServerAliveInterval 15\nHost *\n  ServerAliveInterval 0\n',
    withoutEffect: 'off',
    keepalive: { a: '15/3', b: '0/3', 'not-in-the-file': '0/3' },
  },
  { name: 'keepalive of our name', text: 'Host web\n  ServerAliveInterval 15\n', keepalive: { web: '15/5' } },
  { name: 'a general ProxyJump', text: 'Host *\n  ProxyJump jump\nHost a\n  User me\n' },
  { name: 'Match for our name', text: 'Match originalhost web\n  User me\n', hosts: { web: 'unchanged' } },
  {
    name: 'the same pattern as ours',
    text: 'Host i-*\n  User me\n',
    hosts: { 'i-9': 'unchanged', 'i-0123': 'unchanged' },
  },
  {
    name: 'a name within a pattern of ours, with a user of its own',
    text: 'Host i-0123\n  User ubuntu\n',
    hosts: { 'i-0123': { user: 'ubuntu' } },
  },
  {
    name: 'a name within a pattern of ours, with a user of its own, above a general section',
    text: 'Host i-0123\n  User ubuntu\nHost *\n  User me\n',
    hosts: { 'i-0123': { user: 'ubuntu' } },
  },
  {
    name: 'a name within a pattern of ours, with a user of its own, below a general section',
    text: 'Host *\n  User me\n  IdentityFile ~/.ssh/mine\nHost i-0123\n  User ubuntu\n',
    hosts: {
      'i-9': { user: 'me', identityfile: '~/.ssh/mine' },
      'i-0123': { user: 'me', identityfile: '~/.ssh/mine' },
    },
  },
  {
    name: 'a narrower pattern than ours, with a user of its own, above global lines of an included file',
    text: 'Host i-0*\n  User ubuntu\nHost *\n  Include HOME/inc\n',
    files: { inc: 'User me\nServerAliveInterval 15\n' },
    keepalive: { a: '15/5', b: '15/5', 'not-in-the-file': '15/5' },
    hosts: { 'i-0123': { user: 'ubuntu' } },
  },
  {
    name: 'a name within a pattern of ours, with a key of its own',
    text: 'Host i-0123\n  IdentityFile ~/.ssh/mine\n',
    hosts: { 'i-0123': { identityfile: '~/.ssh/mine' } },
  },
  {
    name: 'a name within a pattern of ours, with a way of its own',
    text: 'Host i-0123\n  ProxyJump jump\n',
    hosts: { 'i-9': 'unchanged', 'i-0123': 'unchanged' },
  },
  {
    name: 'a general key and a general user',
    text: 'User me\nIdentityFile ~/.ssh/mine\nHost a\n  Port 2222\n',
  },
  {
    name: 'Include at the top of keepalive for every host',
    text: 'Include HOME/inc\nHost a\n  User me\n',
    files: { inc: 'Host *\n  ServerAliveInterval 30\n  ServerAliveCountMax 4\n' },
    withoutEffect: 'own values',
    keepalive: { a: '30/4', b: '30/4', 'not-in-the-file': '30/4' },
  },
  {
    name: 'Include at the top of a general section and of our name',
    text: 'Include HOME/inc\nHost a\n  User me\n',
    files: { inc: 'Host web\n  HostName 192.0.2.1\nHost *\n  User you\n' },
    hosts: { web: 'unchanged' },
  },
  {
    name: 'Match final and a HostName that a pattern of ours matches',
    text: 'Host a\n  HostName i-0456\nMatch final\n  Compression yes\n',
    hosts: { 'i-9': 'unchanged', 'i-0123': 'unchanged' },
  },
  { name: 'Match !final', text: 'Host a\n  HostName 192.0.2.1\nMatch !final all\n  User me\n' },
];
