import { putIn, takeOut } from '../../../../bin/cli/client/plan/marked-block';

const LINES = ['Host *', '  ServerAliveInterval 60'];

describe('A block', () => {
  it.each([
    ['an empty file', '', 0],
    ['a file with a last line end', 'Host a\n', 7],
    ['a file without one', 'Host a', 6],
    ['a file of Windows', 'Host a\r\n', 8],
    ['a file of Windows without a last line end', 'Host a\r\n  User me', 17],
    ['a file that ends with a lone carriage return', 'Host a\r', 7],
    ['a file with an empty line at the end', 'Host a\n\n', 8],
    ['the beginning of a file', 'Host a\nHost b\n', 0],
    ['the middle of a file', 'Host a\nHost b', 7],
  ])('leaves no trace in %s', (_, text, at) => {
    const { text: marked } = putIn(text, at, LINES);
    expect(marked).toContain('# BEGIN cdk-ssh-keepalive');
    expect(takeOut('config', marked)).toMatchObject({ text, at });
  });

  it('has the line ends of the file', () => {
    expect(putIn('Host a\r\n', 8, LINES).block).toBe(
      '# BEGIN cdk-ssh-keepalive\r\nHost *\r\n  ServerAliveInterval 60\r\n# END cdk-ssh-keepalive\r\n',
    );
  });

  it('remembers that there was no file, unless something was written below it since', () => {
    const { text } = putIn(undefined, 0, LINES);
    expect(takeOut('config', text).text).toBeUndefined();
    expect(takeOut('config', `${text}Host a\n`).text).toBe('Host a\n');
  });

  it('keeps the line end that what was written below it since needs', () => {
    const { text } = putIn('Host a', 6, LINES);
    expect(takeOut('config', `${text}Host b\n`).text).toBe('Host a\nHost b\n');
  });

  it('is found although its lines were indented or got blanks at their ends', () => {
    const text = 'Host a\n  # BEGIN cdk-ssh-keepalive  \nHost *\n\t# END cdk-ssh-keepalive\t\nHost b\n';
    expect(takeOut('config', text)).toMatchObject({ text: 'Host a\nHost b\n', at: 7 });
  });

  it('is not what only mentions it', () => {
    const text = '# see # BEGIN cdk-ssh-keepalive\n# BEGIN cdk-ssh-keepalive-two\n';
    expect(takeOut('config', text)).toEqual({ text, block: undefined, at: 0 });
  });
});

describe('Markers that are not one pair are refused with their lines:', () => {
  const [BEGIN, END] = ['# BEGIN cdk-ssh-keepalive\n', '# END cdk-ssh-keepalive\n'];
  it.each([
    ['a BEGIN alone', `a\n${BEGIN}b\n`, ['config:2: # BEGIN']],
    ['an END alone', `a\n\n${END}`, ['config:3: # END']],
    ['an END first', `${END}${BEGIN}`, ['config:1: # END', 'config:2: # BEGIN']],
    ['two blocks', `${BEGIN}${END}x\n${BEGIN}${END}`, ['config:1:', 'config:2:', 'config:4:', 'config:5:']],
    ['nested ones', `${BEGIN}${BEGIN}${END}${END}`, ['config:1:', 'config:2:', 'config:3:', 'config:4:']],
    ['a doubled END', `${BEGIN}${END}${END}`, ['config:3: # END']],
  ])('%s', (_, text, lines) => {
    for (const line of lines) expect(() => takeOut('config', text)).toThrow(line);
    expect(() => takeOut('config', text)).toThrow(/must be one pair.*Nothing was changed/);
  });
});
