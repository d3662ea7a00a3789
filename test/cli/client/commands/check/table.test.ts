// The table of check, for people.
import { table } from '../../../../../bin/cli/client/commands/check/table';
import type { Checked, Verdict } from '../../../../../bin/cli/client/commands/check/verdict';

const HOME = '/home/me';
const ESCAPE = '\x1b';

function verdict(interval: number, file = `${HOME}/.ssh/config`, line = 5): Verdict {
  const survives = { 60: interval < 60, 120: interval < 120, 350: interval < 350 };
  const from = { serveraliveinterval: { file, line }, serveralivecountmax: { file, line: line + 1 } };
  return {
    interval,
    countMax: 5,
    from,
    isOurs: false,
    isOwnLine: false,
    deadPeerDroppedAfter: interval * 6,
    survives,
    remark: undefined,
  };
}

const row = (host: string, of: Checked['verdict']): Checked => ({ host, ifCommands: undefined, verdict: of });
const print = (checked: readonly Checked[], color = false): string[] =>
  table(checked, (host) => host, { color, home: HOME })
    .trimEnd()
    .split('\n');

test('Many long names, and the largest values, fit into 80 columns', () => {
  const names = Array.from({ length: 4 }, (_, i) => `ip-10-0-${i}.eu-west-1.compute`);
  const lines = print([
    ...names.map((name) => row(name, verdict(60))),
    row('i-0123456789abcdef0.eu-central-1.compute.internal', verdict(86400)),
    row('web', verdict(30)),
  ]);
  for (const line of lines) expect([line, line.length <= 80]).toEqual([line, true]);
  for (const name of names) expect(lines.join('\n')).toContain(name);
});

test('A name that is too long for its column has a line of its own', () => {
  const name = 'i-0123456789abcdef0.eu-central-1.compute.internal';
  expect(print([row(name, verdict(30)), row('web', verdict(60))])).toEqual([
    'HOST  KEEPALIVE  60 s  120 s  350 s  SET BY',
    name,
    '      30 s x 5   yes   yes    yes    ~/.ssh/config:5-6',
    'web   60 s x 5   race  yes    yes    ~/.ssh/config:5-6',
  ]);
});

test('A path that does not fit stands below its row', () => {
  const file = `/srv/${'x'.repeat(60)}/config`;
  expect(print([row('web', verdict(30, file))])).toEqual([
    'HOST  KEEPALIVE  60 s  120 s  350 s  SET BY',
    'web   30 s x 5   yes   yes    yes',
    `  set by ${file}:5-6`,
  ]);
});

test('A good row is green, a bad or refused one red, a race yellow, and only where colours are wanted', () => {
  const rows = [
    row('good', verdict(30)),
    row('race', verdict(60)),
    row('bad', verdict(400)),
    row('no', { refusal: 'why' }),
  ];
  const colors: Record<string, string> = { 0: 'reset', 31: 'red', 32: 'green', 33: 'yellow' };
  const visible = print(rows, true).map((line) =>
    line.replaceAll(`${ESCAPE}[`, '<').replace(/<(\d+)m/g, (_, n: string) => `<${colors[n]}>`),
  );
  expect(visible).toEqual([
    'HOST  KEEPALIVE  60 s  120 s  350 s  SET BY',
    '<green>good  30 s x 5   yes   yes    yes    ~/.ssh/config:5-6<reset>',
    '<green>race  60 s x 5 <yellow>  race<green>  yes    yes    ~/.ssh/config:5-6<reset>',
    '<red>bad   400 s x 5  NO    NO     NO     ~/.ssh/config:5-6<reset>',
    '<red>no    refused    -     -      -      -<reset>',
    '<red>  why<reset>',
  ]);
  expect(print(rows).join('')).not.toContain(ESCAPE);
});
