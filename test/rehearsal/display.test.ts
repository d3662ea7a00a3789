import { Display } from '../../bin/rehearsal/display';
import { PLAIN } from '../../bin/rehearsal/style';

function displayOn(isTerminal: boolean): { display: Display; written: () => string } {
  let written = '';
  const write = (text: string): void => void (written += text);
  return { display: new Display({ write, style: PLAIN, isTerminal }), written: () => written };
}

describe('The display', () => {
  it('prints the lanes once, at the end, where lines cannot be redrawn', () => {
    const { display, written } = displayOn(false);
    display.start(() => 150, 300);
    expect(written()).toBe('');
    display.event('neither', { atSeconds: 120, type: 'path-forgets' });
    display.result('neither', 'dropped');
    display.finish(300);
    expect(written().match(/no keepalive/g)).toHaveLength(1);
    expect(written()).toMatch(/no keepalive {2}─+x·+ {2}dropped\n/);
    expect(written()).not.toContain('\u001b');
  });

  it('draws on a terminal at once, and again over the same lines', () => {
    const { display, written } = displayOn(true);
    display.start(() => 0, 300);
    expect(written()).toContain('no keepalive');
    display.finish(300);
    expect(written()).toContain('\u001b[5A');
    expect(written().match(/no keepalive/g)).toHaveLength(2);
  });
});
