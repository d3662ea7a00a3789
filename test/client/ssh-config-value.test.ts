import {
  ALIAS,
  HOST_NAME,
  IDENTITY_FILE,
  PROFILE,
  REGION,
  USER,
  quote,
  requirePort,
  requireValue,
} from '../../lib/client/ssh-config-value';

const rules = { ALIAS, HOST_NAME, IDENTITY_FILE, PROFILE, REGION, USER };

/** What could end a line, a word, a quotation or a command. */
const BREAKOUTS = ['\n', '\r', '\t', '\0', '\x1b', '\x7f', '\u2028', '"', "'", '`', '\\', '#', '$', '%', ';', '&', '|'];
const MORE_BREAKOUTS = ['<', '>', '(', ')', '{', '}', '[', ']', '!', '=', '^', '${HOME}', '%h', 'ü'];

describe.each(Object.entries(rules))('%s', (_, rule) => {
  test.each([...BREAKOUTS, ...MORE_BREAKOUTS].map((text) => [quote(text), text]))(
    'refuses %s at any place',
    (_, text) => {
      for (const value of [`a${text}b`, `${text}a`, `a${text}`, `eu${text}-west-1`, `eu-west-1${text}`]) {
        expect(() => requireValue('It', value, rule)).toThrow(/^It must be /);
      }
    },
  );

  test('refuses a dash in front, which a command would read as an option', () => {
    expect(() => requireValue('It', '-oProxyCommand', rule)).toThrow(/^It must be /);
  });

  test('refuses nothing at all', () => {
    expect(() => requireValue('It', '', rule)).toThrow("got: ''");
  });
});

describe.each(Object.entries({ ALIAS, HOST_NAME, PROFILE, REGION, USER }))('%s', (_, rule) => {
  test('refuses spaces', () => {
    expect(() => requireValue('It', 'a b', rule)).toThrow("got: 'a b'");
  });
});

test.each([
  ['ALIAS', ['web', 'Web-1', 'web.internal', '_web', 'web*', '*.internal', '?eb', '10.0.0.*', 'i-*']],
  ['USER', ['ec2-user', '_svc', 'jane.doe', 'jane@corp.example', 'a+b', '0']],
  ['IDENTITY_FILE', ['~/.ssh/id', '%d/.ssh/id', '/home/a b/id', 'C:/Users/me/.ssh/web.pem', 'none', './k_1+2@x,y']],
  ['REGION', ['eu-west-1', 'us-gov-west-1', 'us-isob-east-1', 'cn-north-1', 'eusc-de-east-1', 'ap-southeast-10']],
  ['PROFILE', ['default', 'AdministratorAccess-123456789012', 'team/dev', 'a.b_c@d+e']],
  ['HOST_NAME', ['i-0123456789abcdef0', '10.0.0.1', 'fd00::1', 'ec2-1-2-3-4.compute-1.amazonaws.com']],
] as const)('%s takes %j', (name, values) => {
  for (const value of values) expect(() => requireValue('It', value, rules[name])).not.toThrow();
});

test.each([
  ['ALIAS', ['*', '**', '?', '*.*', '!web', '.web', 'web,db', 'web:22', 'me@web']],
  ['IDENTITY_FILE', [' ~/key', '~/key ', 'C:\\Users\\me\\key', '%u/key', '%%d/key', '~/key(1)']],
  ['REGION', ['eu-west', 'EU-WEST-1', 'eu_west_1', 'eu-west-1a', 'euwest1']],
  ['PROFILE', ['/dev', '.dev', '@dev', 'a:b', 'a,b', '~a']],
] as const)('%s refuses %j', (name, values) => {
  for (const value of values) expect(() => requireValue('It', value, rules[name])).toThrow(`got: ${quote(value)}`);
});

test('a value has at most 255 characters', () => {
  expect(() => requireValue('It', 'a'.repeat(255), USER)).not.toThrow();
  expect(() => requireValue('It', 'a'.repeat(256), USER)).toThrow(
    new Error('It must have at most 255 characters, got: 256. Choose a shorter one.'),
  );
});

test('the message names the value, the rule, what was given and what to do', () => {
  expect(() => requireValue("SshHost.publicDns('web'): user", 'root\nHost *', USER)).toThrow(
    new Error(
      "SshHost.publicDns('web'): user must be letters, digits and . _ @ + -, beginning with a letter, a digit or _, " +
        "got: 'root\\nHost *'. Amazon Linux has ec2-user, Ubuntu has ubuntu, Debian has admin.",
    ),
  );
});

test.each([1, 22, 65_535])('a port may be %d', (port) => {
  expect(() => requirePort('It', port)).not.toThrow();
});

test.each([0, -1, 65_536, 22.5, NaN, Infinity])('a port of %d is refused', (port) => {
  expect(() => requirePort('It', port)).toThrow(
    new Error(`It must be a whole number between 1 and 65535, got: ${port}. Leave it out for 22.`),
  );
});
