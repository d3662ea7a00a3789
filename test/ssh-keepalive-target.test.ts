import { Token } from 'aws-cdk-lib';
import { SshKeepaliveTarget } from '../lib';

describe('SshKeepaliveTarget.tag', () => {
  it.each([
    ['', ['v'], 'SshKeepaliveTarget.tag: key must have 1 to 128 characters, got: 0 characters'],
    ['k'.repeat(129), ['v'], 'key must have 1 to 128 characters, got: 129 characters'],
    ['k', [], 'SshKeepaliveTarget.tag: at least one value is required, got: none'],
    ['k', ['v', ''], 'value must have 1 to 256 characters, got: 0 characters'],
    ['tag:k', ['v'], "key must not begin with 'tag:', got: 'tag:k'"],
    ['k', ['v'.repeat(257)], 'value must have 1 to 256 characters, got: 257 characters'],
  ])('%j with %j is an error', (key, values, message) => {
    expect(() => SshKeepaliveTarget.tag(key, ...values)).toThrow(message);
  });

  it('tokens are not checked', () => {
    const [key, value] = [Token.asString({ Ref: 'Key' }), Token.asString({ Ref: 'Value' })];
    expect(SshKeepaliveTarget.tag(key, value)._selection).toEqual({ target: { key: `tag:${key}`, values: [value] } });
  });
});

describe('SshKeepaliveTarget.instanceIds', () => {
  it.each(['i-12345678', 'i-0123456789abcdef0', 'mi-0123456789abcdef0'])('%s is an id', (id) => {
    expect(SshKeepaliveTarget.instanceIds(id)._selection).toEqual({ target: { key: 'InstanceIds', values: [id] } });
  });

  it('tokens are not checked', () => {
    const token = Token.asString({ Ref: 'Instance' });
    expect(SshKeepaliveTarget.instanceIds(token)._selection).toEqual({
      target: { key: 'InstanceIds', values: [token] },
    });
  });

  it.each(['', 'i-1234', 'mi-12345678', 'I-12345678', 'i-0123456789abcdef0 ', '*'])('%j is an error', (id) => {
    expect(() => SshKeepaliveTarget.instanceIds(id)).toThrow(
      `SshKeepaliveTarget.instanceIds: id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: '${id}'`,
    );
  });

  it('at least one is required', () => {
    expect(() => SshKeepaliveTarget.instanceIds()).toThrow(
      'SshKeepaliveTarget.instanceIds: at least one id is required, got: none',
    );
  });
});
