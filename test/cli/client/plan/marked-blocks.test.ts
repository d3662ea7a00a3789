import { type NewBlock, insertBlocks, removeBlocks } from '../../../../bin/cli/client/plan/marked-blocks';

const HOSTS = ['Host web', '  User me'];
const DEFAULTS = ['Host *', '  ServerAliveInterval 60'];
const BLOCK =
  '# BEGIN cdk-ssh-keepalive defaults\nHost *\n  ServerAliveInterval 60\n# END cdk-ssh-keepalive defaults\n';

const hosts = (at: number): NewBlock => ({ name: 'hosts', at, lines: HOSTS });
const defaults = (at: number): NewBlock => ({ name: 'defaults', at, lines: DEFAULTS });

describe('Blocks', () => {
  it.each([
    ['an empty file', ''],
    ['a file with a last line end', 'Host a\n'],
    ['a file without one', 'Host a'],
    ['a file of Windows', 'Host a\r\n'],
    ['a file of Windows without a last line end', 'Host a\r\n  User me'],
    ['a file that ends with a lone carriage return', 'Host a\r'],
    ['a file with an empty line at the end', 'Host a\n\n'],
    ['a file that is not there', undefined],
  ])('leave no trace in %s', (_, text) => {
    const end = text?.length ?? 0;
    const starts = [...(text ?? '').matchAll(/^/gm)].map(({ index }) => index);
    const all = [[hosts(end)], [defaults(end)], ...[...starts, end].map((at) => [hosts(at), defaults(end)])];
    for (const blocks of [...all, [hosts(0), defaults(0)]]) {
      const inserted = insertBlocks(text, blocks);
      for (const { name } of blocks) expect(inserted.text).toContain(`# BEGIN cdk-ssh-keepalive ${name}`);
      const removed = removeBlocks('config', inserted.text);
      expect(removed.text).toBe(text);
      expect(removed.blocks.map(({ name, at }) => [name, at])).toEqual(blocks.map(({ name, at }) => [name, at]));
      expect(removed.blocks.map(({ block }) => block)).toEqual(inserted.insertions.map(({ block }) => block));
    }
  });

  it.each(['hosts', 'defaults'])('leave no trace either where the block of %s was deleted by hand', (name) => {
    for (const text of ['Host a', undefined]) {
      const end = text?.length ?? 0;
      const { text: both = '' } = insertBlocks(text, [hosts(end), defaults(end)]);
      const one = both.replace(
        new RegExp(`# BEGIN cdk-ssh-keepalive ${name}\n[^]*# END cdk-ssh-keepalive ${name}\n`),
        '',
      );
      expect(one).not.toContain(name);
      expect(removeBlocks('config', one).text).toBe(text);
    }
  });

  it('have the line ends of the file', () => {
    expect(insertBlocks('Host a\r\n', [defaults(8)]).text).toBe(`Host a\r\n${BLOCK.replaceAll('\n', '\r\n')}`);
  });

  it('stand in the middle and at the end', () => {
    expect(insertBlocks('Host a\nHost b\n', [hosts(7), defaults(14)]).text).toBe(
      `Host a\n# BEGIN cdk-ssh-keepalive hosts\nHost web\n  User me\n# END cdk-ssh-keepalive hosts\nHost b\n${BLOCK}`,
    );
  });

  it('remember that there was no file, unless something was written below them since', () => {
    const { text = '' } = insertBlocks(undefined, [hosts(0), defaults(0)]);
    expect(removeBlocks('config', text).text).toBeUndefined();
    expect(removeBlocks('config', `${text}Host a\n`).text).toBe('Host a\n');
  });

  it('leave the line end that a line needs which was written below them since', () => {
    const { text = '' } = insertBlocks('Host a', [hosts(6), defaults(6)]);
    expect(removeBlocks('config', `${text}Host b\n`).text).toBe('Host a\nHost b\n');
  });

  it('are found although their lines were indented or got blanks at their ends', () => {
    const text = 'Host a\n  # BEGIN cdk-ssh-keepalive hosts  \nHost *\n\t# END cdk-ssh-keepalive hosts\t\nHost b\n';
    expect(removeBlocks('config', text)).toMatchObject({
      text: 'Host a\nHost b\n',
      blocks: [{ name: 'hosts', at: 7 }],
    });
  });

  it('are not what only mentions them', () => {
    const text =
      '# see # BEGIN cdk-ssh-keepalive hosts\n# BEGIN cdk-ssh-keepalive hosts-two\n# BEGIN cdk-ssh-keepalive\n';
    expect(removeBlocks('config', text)).toEqual({ text, blocks: [] });
  });
});

describe('Markers that are not pairs are refused with their lines:', () => {
  const [BEGIN, END] = ['# BEGIN cdk-ssh-keepalive hosts\n', '# END cdk-ssh-keepalive hosts\n'];
  const OTHER_BEGIN = BEGIN.replace('hosts', 'defaults');
  const OTHER_END = END.replace('hosts', 'defaults');
  it.each([
    ['a BEGIN alone', `a\n${BEGIN}b\n`, ['config:2: # BEGIN']],
    ['an END alone', `a\n\n${END}`, ['config:3: # END']],
    ['an END first', `${END}${BEGIN}`, ['config:1: # END', 'config:2: # BEGIN']],
    [
      'two blocks of the same name',
      `${BEGIN}${END}x\n${BEGIN}${END}`,
      ['config:1:', 'config:2:', 'config:4:', 'config:5:'],
    ],
    ['nested ones', `${BEGIN}${OTHER_BEGIN}${OTHER_END}${END}`, ['config:1:', 'config:2:', 'config:3:', 'config:4:']],
    ['the END of the other block', `${BEGIN}${OTHER_END}`, ['config:1: # BEGIN', 'config:2: # END']],
    ['a doubled END', `${BEGIN}${END}${END}`, ['config:3: # END']],
    ['one whole block, and half of the other', `${BEGIN}${END}a\n${OTHER_BEGIN}`, ['config:4: # BEGIN']],
  ])('%s', (_, text, lines) => {
    for (const line of lines) expect(() => removeBlocks('config', text)).toThrow(line);
    expect(() => removeBlocks('config', text)).toThrow(/must be pairs[^]*Remove the lines that are left over/);
  });
});
