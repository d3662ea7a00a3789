import { Token } from 'aws-cdk-lib';
import { SshKeepaliveTarget } from '../lib';

describe('SshKeepaliveTarget.tag', () => {
  it.each([
    ['', ['v'], 'SshKeepaliveTarget.tag: the key must have 1 to 128 characters, got: 0'],
    ['k'.repeat(129), ['v'], 'the key must have 1 to 128 characters, got: 129'],
    ['k', [], "SshKeepaliveTarget.tag('k'): at least one value must be given, got: none"],
    ['k', ['v', ''], 'the value of k must have 1 to 256 characters, got: 0'],
    ['tag:k', ['v'], "the key is that of the tag itself, without 'tag:', got: 'tag:k'"],
    ['k', ['v'.repeat(257)], 'the value of k must have 1 to 256 characters, got: 257'],
  ])('refuses %j with %j', (key, values, message) => {
    expect(() => SshKeepaliveTarget.tag(key, ...values)).toThrow(message);
  });

  it('takes tokens as they are', () => {
    const [key, value] = [Token.asString({ Ref: 'Key' }), Token.asString({ Ref: 'Value' })];
    expect(SshKeepaliveTarget.tag(key, value)._reach).toEqual({ target: { key: `tag:${key}`, values: [value] } });
  });
});

describe('SshKeepaliveTarget.instanceIds', () => {
  it.each(['i-12345678', 'i-0123456789abcdef0', 'mi-0123456789abcdef0'])('takes %s', (id) => {
    expect(SshKeepaliveTarget.instanceIds(id)._reach).toEqual({ target: { key: 'InstanceIds', values: [id] } });
  });

  it('takes tokens as they are', () => {
    const token = Token.asString({ Ref: 'Instance' });
    expect(SshKeepaliveTarget.instanceIds(token)._reach).toEqual({ target: { key: 'InstanceIds', values: [token] } });
  });

  it.each(['', 'i-1234', 'mi-12345678', 'I-12345678', 'i-0123456789abcdef0 ', '*'])('refuses %j', (id) => {
    expect(() => SshKeepaliveTarget.instanceIds(id)).toThrow(
      `SshKeepaliveTarget.instanceIds: an id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: '${id}'`,
    );
  });

  it('refuses none', () => {
    expect(() => SshKeepaliveTarget.instanceIds()).toThrow('at least one instance id must be given, got: none');
  });
});
