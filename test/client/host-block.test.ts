import { bounded } from '../../lib/client/bounded-text';
import { hostBlock } from '../../lib/client/host-block';

test('a host with everything has a line for each value, indented by two spaces', () => {
  const { text } = hostBlock({
    patterns: ['web'],
    hostName: bounded('10.0.0.1'),
    user: 'ec2-user',
    port: 2222,
    identityFile: '~/.ssh/web.pem',
    proxyCommand: bounded('aws x'),
  });
  expect(text).toBe(
    [
      'Host web',
      '  HostName 10.0.0.1',
      '  User ec2-user',
      '  Port 2222',
      '  IdentityFile ~/.ssh/web.pem',
      '  ProxyCommand aws x',
      '',
    ].join('\n'),
  );
});

test('what is not set has no line', () => {
  expect(hostBlock({ patterns: ['i-*', 'mi-*'], user: 'admin' }).text).toBe('Host i-* mi-*\n  User admin\n');
});

test('a path with spaces is quoted', () => {
  expect(hostBlock({ patterns: ['a'], identityFile: '~/my keys/a' }).text).toContain('  IdentityFile "~/my keys/a"\n');
});

test('the bound counts what is known as it is and the rest by its bound', () => {
  expect(hostBlock({ patterns: ['a'], hostName: bounded('<later>', 80) }).maxBytes).toBe(
    'Host a\n  HostName \n'.length + 80,
  );
});
