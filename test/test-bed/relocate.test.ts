import { relocate } from '../../bin/test-bed/relocate';

const ROOT = '/tmp/root';

const SCRIPT = `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
CONFIG=/etc/ssh/sshd_config
SSHD=/usr/sbin/sshd
LOCK=/run/cdk-ssh-keepalive.lock
[ -d /run/sshd ] || mkdir /run/sshd
exec 3<>/dev/tcp/127.0.0.1/22 2>/dev/null </proc/self/status
`;

describe('relocate', () => {
  it('moves every path of the script into the root, and nothing else', () => {
    expect(relocate(SCRIPT, ROOT)).toBe(`#!/bin/sh
PATH=/tmp/root/usr/sbin:/tmp/root/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin
CONFIG=/tmp/root/etc/ssh/sshd_config
SSHD=/tmp/root/usr/sbin/sshd
LOCK=/tmp/root/run/cdk-ssh-keepalive.lock
[ -d /tmp/root/run/sshd ] || mkdir /tmp/root/run/sshd
exec 3<>/dev/tcp/127.0.0.1/22 2>/dev/null </proc/self/status
`);
  });

  it('moves quoted paths, globs and several on a line', () => {
    const line = `cp "/etc/ssh/a" '/etc/ssh/sshd_config.d/'*.conf /etc/ssh; PATH="/bin"`;
    expect(relocate(`${SCRIPT}${line}`, ROOT)).toContain(
      `cp "/tmp/root/etc/ssh/a" '/tmp/root/etc/ssh/sshd_config.d/'*.conf /tmp/root/etc/ssh; PATH="/bin"`,
    );
  });

  it('puts the own sshd and systemctl first in an exported, quoted search path', () => {
    expect(relocate(`${SCRIPT}export PATH="/usr/bin"`, ROOT)).toContain(
      'export PATH="/tmp/root/usr/sbin:/tmp/root/usr/bin:/usr/bin"',
    );
  });

  it('works in a root that is itself below /run', () => {
    expect(relocate(SCRIPT, '/run/user/1000/root')).toContain('CONFIG=/run/user/1000/root/etc/ssh/sshd_config');
  });

  it.each(['/etc/ssh', '/usr/sbin/sshd', '/run'])('refuses a script that does not name %s', (path) => {
    const without = SCRIPT.split('\n')
      .filter((line) => !line.includes(path))
      .join('\n');
    expect(() => relocate(without, ROOT)).toThrow(`the script does not name ${path}`);
  });

  it.each([
    ['a path that only looks like one of them', 'x=/mnt/etc/ssh/sshd_config', '/etc/ssh'],
    ['the other name of /run', 'x=/var/run/sshd.pid', '/run'],
    ['a longer name', 'x=/usr/sbin/sshd-keygen', '/sbin/sshd'],
    ['an absolute systemctl', '/usr/bin/systemctl restart sshd', '/bin/systemctl'],
  ])('refuses %s', (_, line, left) => {
    expect(() => relocate(SCRIPT + line, ROOT)).toThrow(`line 8 would reach this machine's own ${left}: ${line}`);
  });
});
