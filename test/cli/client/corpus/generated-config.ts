// Configurations as people, tools and accidents make them: sections of every kind in every order, with keepalive values
// in odd places.
import fc from 'fast-check';

/** Text, and the files that it includes, by name. */
export interface Generated {
  readonly text: string;
  readonly included: Readonly<Record<string, string>>;
}

const KEEPALIVE_LINES = [
  'ServerAliveInterval 30',
  'serveraliveinterval=0',
  'ServerAliveInterval = 45',
  'ServerAliveCountMax 7',
  'SERVERALIVECOUNTMAX "2"',
  'ServerAliveInterval 1m',
];
const OTHER_LINES = [
  'User me',
  'HostName 192.0.2.7',
  'Port 2222',
  'ForwardAgent yes',
  'IdentityFile ~/.ssh/id_mine',
  'ProxyJump jump',
  'ProxyCommand nc %h %p',
  'Compression no',
  'IgnoreUnknown UseKeychain',
  '# a comment',
  '',
];
const HEADERS = [
  'Host a',
  'Host ab',
  'Host a*',
  'Host *',
  'Host * !a',
  'Host a ab web',
  'Host !web *',
  'Host a* !ab',
  'Host web',
  'Host we?',
  'Host ab*',
  'Host "web"',
  'Host=web',
  'host\t*b',
  'Match all',
  'Match originalhost web',
  'Match host a',
  'Match host 192.0.2.*',
  'Match user me',
  'Match !user nobody',
  'Match originalhost a* user root',
  'Match exec "touch ran"',
  'Match !exec "touch ran" originalhost a',
  'Match final',
  'Match final all',
  'Match !final',
];

const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...OTHER_LINES) },
  { weight: 2, arbitrary: fc.constantFrom(...KEEPALIVE_LINES) },
);
const body = (extra: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof({ weight: 8, arbitrary: line }, { weight: 1, arbitrary: extra }), { maxLength: 3 })
    .map((lines) => lines.map((text) => `  ${text}\n`).join(''));
const sections = (extra: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: body(extra) }),
      // Mostly Host: Match with more criteria ends in a refusal too often to test much else.
      fc.array(
        fc.tuple(
          fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom(...HEADERS.slice(0, 14)) },
            { weight: 1, arbitrary: fc.constantFrom(...HEADERS.slice(14)) },
          ),
          body(extra),
        ),
        { maxLength },
      ),
    )
    .map(([top, rest]) => top + rest.map(([header, content]) => `${header}\n${content}`).join(''));

/** `folder` is where the included files will be. */
export function generatedConfigs(folder: string): fc.Arbitrary<Generated> {
  const nothing = fc.constant('# nothing');
  const include = fc.constantFrom(
    `Include ${folder}/one`,
    `Include ${folder}/o*`,
    `Include ${folder}/absent`,
    'Bogus 1',
  );
  const rarely = fc.oneof({ weight: 30, arbitrary: include }, { weight: 1, arbitrary: fc.constant('Bogus 2') });
  return fc
    .record({
      text: sections(
        rarely.map((text) => (text === 'Bogus 1' ? '# nothing' : text)),
        4,
      ),
      one: sections(nothing, 2),
      isCrLf: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      isCut: fc.boolean(),
    })
    .map(({ text, one, isCrLf, isCut }) => {
      const cut = isCut ? text.replace(/\n$/, '') : text;
      return { text: isCrLf ? cut.replaceAll('\n', '\r\n') : cut, included: { one } };
    });
}
