import { drawLanes, minutes } from '../../bin/rehearsal/lanes';
import type { Lane } from '../../bin/rehearsal/lanes';
import { COLORED, PLAIN } from '../../bin/rehearsal/style';

const alive = (...seconds: number[]): Lane => ({
  events: seconds.map((atSeconds) => ({ atSeconds, type: 'client-keepalive' })),
  result: 'alive',
});
const LANES = {
  neither: { events: [{ atSeconds: 120, type: 'path-forgets' }], result: 'dropped' },
  server: alive(60, 120, 180, 240),
  client: alive(60),
  both: alive(0, 300),
} as const;

describe('The lanes', () => {
  it('show a dot for each keepalive, a cross where the path forgets, and the result', () => {
    expect(drawLanes(LANES, 300, 300, PLAIN)).toEqual([
      '                0:00      1:00      2:00      3:00      4:00      5:00',
      '  no keepalive  ────────────────────x······························  dropped',
      '  server only   ──────────●─────────●─────────●─────────●──────────  alive',
      '  client only   ──────────●────────────────────────────────────────  alive',
      '  both ends     ●─────────────────────────────────────────────────●  alive',
    ]);
  });

  it('reach as far as the time that has passed', () => {
    const running = { events: [], result: undefined };
    const lanes = { neither: running, server: running, client: running, both: running };
    expect(drawLanes(lanes, 60, 300, PLAIN)[1]).toBe('  no keepalive  ───────────');
  });

  it('fit into 80 columns, with colours or without', () => {
    const codes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    const bare = drawLanes(LANES, 300, 300, COLORED).map((line) => line.replaceAll(codes, ''));
    expect(bare).toEqual(drawLanes(LANES, 300, 300, PLAIN));
    expect(bare.filter((line) => line.length > 80)).toEqual([]);
  });

  it('have an axis of whole seconds', () => {
    expect([minutes(0), minutes(59.6), minutes(300.2), minutes(3_661)]).toEqual(['0:00', '1:00', '5:00', '61:01']);
  });
});
