import { parseArguments } from '../../bin/rehearsal/arguments';

describe('The command line of the rehearsal', () => {
  it('runs 30 times faster than real time by default', () => {
    expect(parseArguments([])).toEqual({ help: false, json: false, scale: 30 });
  });

  it('takes --real-time, --json and --help', () => {
    expect(parseArguments(['--real-time', '--json'])).toEqual({ help: false, json: true, scale: 1 });
    expect(parseArguments(['-h'])).toMatchObject({ help: true });
  });

  it.each([['--realtime'], ['5'], ['--json=yes']])('refuses %s', (argument) => {
    expect(() => parseArguments([argument])).toThrow(argument.split('=')[0]);
  });
});
