import { COLORED, PLAIN, styleFor } from '../../bin/rehearsal/style';

describe('Colours', () => {
  it('are for terminals', () => {
    expect(styleFor({ isTTY: true }, {})).toBe(COLORED);
    expect(styleFor({}, {})).toBe(PLAIN);
    expect(styleFor({ isTTY: true }, { TERM: 'dumb' })).toBe(PLAIN);
  });

  it('are switched off by NO_COLOR, which wins over FORCE_COLOR', () => {
    expect(styleFor({ isTTY: true }, { NO_COLOR: '1' })).toBe(PLAIN);
    expect(styleFor({}, { FORCE_COLOR: '1' })).toBe(COLORED);
    expect(styleFor({}, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(PLAIN);
  });
});
