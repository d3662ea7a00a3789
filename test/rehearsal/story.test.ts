// How the rehearsal is asked for and told: arguments, style, timeline, table and verdict.
import { parseArguments } from '../../bin/rehearsal/arguments';
import type { Fates } from '../../bin/rehearsal/combinations';
import { surprises } from '../../bin/rehearsal/combinations';
import { COLOURED, PLAIN, styleFor } from '../../bin/rehearsal/style';
import { table } from '../../bin/rehearsal/table';
import { Timeline, minutes } from '../../bin/rehearsal/timeline';

const alive = { dropped: false, idleSeconds: 300, sshMessage: null };
const FATES: Fates = {
  neither: { dropped: true, idleSeconds: 301, sshMessage: 'Timeout, server not responding.\r\nclosed' },
  server: alive,
  client: alive,
  both: alive,
};

describe('Arguments', () => {
  it('are scaled time and a story unless said otherwise', () => {
    expect(parseArguments([])).toEqual({ help: false, json: false, scale: 30 });
    expect(parseArguments(['--real-time', '--json'])).toEqual({ help: false, json: true, scale: 1 });
  });

  it.each([['--realtime'], ['5'], ['--json=yes']])('are refused when unknown: %s', (argument) => {
    expect(() => parseArguments([argument])).toThrow(argument.split('=')[0]);
  });
});

describe('Style', () => {
  it('is coloured on a terminal, and plain in a pipe, with NO_COLOR and on a dumb terminal', () => {
    expect(styleFor({ isTTY: true }, {})).toBe(COLOURED);
    expect(styleFor({}, {})).toBe(PLAIN);
    expect(styleFor({ isTTY: true }, { NO_COLOR: '1' })).toBe(PLAIN);
    expect(styleFor({ isTTY: true }, { TERM: 'dumb' })).toBe(PLAIN);
    expect(styleFor({}, { FORCE_COLOR: '1' })).toBe(COLOURED);
    expect(styleFor({}, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(PLAIN);
  });
});

describe('Timeline', () => {
  it('tells scaled events at the time that they stand for', () => {
    const lines: string[] = [];
    let now = 5_000;
    const timeline = new Timeline({ scale: 30, style: PLAIN, write: (line) => lines.push(line), now: () => now });
    timeline.say('before');
    timeline.start();
    timeline.tell('all', 'open');
    now += 4_000;
    timeline.tell('neither end', 'forgotten');
    expect(lines).toEqual(['before', '  +0:00  all          open', '  +2:00  neither end  forgotten']);
  });

  it('rounds to whole seconds before it makes minutes of them', () => {
    expect([minutes(0), minutes(59.6), minutes(300.2), minutes(3_661)]).toEqual(['0:00', '1:00', '5:00', '61:01']);
  });
});

describe('Table', () => {
  it('has a row per combination, with one line for all that ssh said', () => {
    expect(table(FATES, PLAIN)).toEqual([
      '  keepalives from   idle for   session   ssh said',
      '  ---------------   --------   -------   ----------------------------------------',
      '  neither end       5:01       dropped   Timeout, server not responding. / closed',
      '  server only       5:00       alive     nothing',
      '  client only       5:00       alive     nothing',
      '  both ends         5:00       alive     nothing',
    ]);
  });

  it('is as wide with colours as without', () => {
    const codes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    const bare = table(FATES, COLOURED).map((line) => line.replaceAll(codes, '').trimEnd());
    expect(bare).toEqual(table(FATES, PLAIN));
  });
});

describe('The outcome', () => {
  it('is as expected when only the session without keepalives was dropped', () => {
    expect(surprises(FATES)).toEqual([]);
  });

  it('is not when another one was dropped, or that one lives', () => {
    expect(surprises({ ...FATES, neither: alive, both: FATES.neither })).toEqual(['neither', 'both']);
  });
});
