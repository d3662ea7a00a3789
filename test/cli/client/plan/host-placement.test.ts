import { HOST_KEYWORDS } from '../../../../bin/cli/client/plan/host-conflicts';
import { type HostPlacement, placeHosts, placeHostsFirst } from '../../../../bin/cli/client/plan/host-placement';
import { readConfiguration } from '../../../../bin/cli/client/ssh-config/configuration';
import type { Host } from '../../../../lib/client/host-block';
import { host } from '../support/home';

type Place = typeof placeHosts;

function place(text: string, hosts: readonly Host[], isReadTwice = false, by: Place = placeHosts): HostPlacement {
  const lookup = { env: {}, user: 'me', os: 'linux', home: '/nonexistent', fromSsh: (path: string) => path } as const;
  return by(readConfiguration('config', text, HOST_KEYWORDS, lookup), hosts, isReadTwice);
}

const patternsOf = (hosts: readonly Host[]): string[] => hosts.map(({ patterns }) => patterns.join(' '));
const leftOutOf = ({ leftOut }: HostPlacement): string[] =>
  leftOut.map(({ pattern, reason, line }) => `${pattern}: ${reason}, line ${line.line}`);

const WEB = host('web', { hostName: '203.0.113.5', user: 'ec2-user' });
const INSTANCES = host('i-*', { user: 'ssm-user', proxyCommand: 'nc %h 22' });

describe('Hosts of ours stand', () => {
  it.each<[string, string, number | undefined]>([
    ['at the end where nothing competes', 'Host a\n  User me\nHost *\n  ForwardAgent yes\n', undefined],
    ['above the first general section that competes', 'Host a\n  User me\nHost *\n  Port 22\nHost w*\n  User me\n', 3],
    ['above global lines', 'User me\nHost a\n', 0],
    ['above a Match that may hold for them', 'Host a\nMatch user root\n  User me\n', 2],
    ['above a Match on the HostName that they set', 'Host a\nMatch host 203.0.113.*\n  User me\n', 2],
    ['at the end where a Match is for another host', 'Match originalhost a\n  User me\n', undefined],
    ['at the end where a Host line excepts them', 'Host * !web\n  User me\n', undefined],
    ['above a section of a proxy only where they set one', 'Host *\n  ProxyJump jump\n', undefined],
  ])('%s', (_, text, before) => {
    expect(place(text, [WEB])).toMatchObject({ before, fallbacks: [], leftOut: [], overriddenBy: [] });
  });

  it('above a ProxyJump where they set a ProxyCommand, of which ssh takes the first', () => {
    expect(place('Host *\n  ProxyJump jump\n', [INSTANCES])).toMatchObject({ before: 1, fallbacks: [] });
  });

  it('between the lines of the user for a name that they match and the general ones', () => {
    const placement = place('Host i-1\n  User me\nHost *\n  User you\n', [WEB, INSTANCES]);
    expect(patternsOf(placement.hosts)).toEqual(['web', 'i-*']);
    expect(placement).toMatchObject({ before: 2, fallbacks: [], overriddenBy: [{ pattern: 'i-*', narrow: 'i-1' }] });
  });

  it('with the defaults, pattern by pattern, where there is no such place', () => {
    const both = host('web i-*', { user: 'ssm-user' });
    const placement = place('Host *\n  Port 22\nHost w*\n  User you\nHost i-1\n  User me\n', [both]);
    expect([patternsOf(placement.hosts), patternsOf(placement.fallbacks)]).toEqual([['web'], ['i-*']]);
    expect(placement.before).toBe(2);
  });

  it('in their order where they match the same names, so what comes later goes with what comes first', () => {
    const text = 'Host a?\n  User me\nHost *\n  User you\n';
    const proxy = { user: 'x', proxyCommand: 'nc %h 22' };
    const placement = place(text, [host('a*', proxy), host('ab', proxy), host('c', proxy)]);
    // Alone, ab would stand above Host a?, where it would win over a*.
    expect([patternsOf(placement.hosts), patternsOf(placement.fallbacks)]).toEqual([['c'], ['a*', 'ab']]);
  });

  it('first on request, whatever the user has', () => {
    const text = 'Host web\n  HostName 192.0.2.1\nHost i-1\n  HostName 192.0.2.2\n';
    const placement = place(text, [WEB, INSTANCES], false, placeHostsFirst);
    expect(patternsOf(placement.hosts)).toEqual(['web', 'i-*']);
    expect(placement).toMatchObject({ before: 0, fallbacks: [], leftOut: [], overriddenBy: [] });
  });
});

describe('A host of ours is left out', () => {
  it.each<[string, string, string[]]>([
    ['that the file names', 'Host a web\n  User me\n', ['web: same name, line 2']],
    ['that a Match names', 'Match originalhost web user me\n  User me\n', ['web: same name, line 2']],
    ['that the file sends elsewhere', 'Host web\n  ProxyJump jump\n', ['web: your host, line 2']],
    ['whose pattern the file has', 'Host i-*\n  User me\n', ['i-*: same name, line 2']],
    ['whose pattern would change where a host leads', 'Host i-1\n  HostName 10.0.0.1\n', ['i-*: your host, line 2']],
    ['whose pattern would add a user to a complete host', 'Host i-1\n  ProxyJump jump\n', ['i-*: your host, line 2']],
    [
      'that general settings override wholly',
      'Host *\n  User me\n  ProxyJump j\nHost i-1\n  User x\n',
      ['i-*: no effect, line 2'],
    ],
  ])('%s', (_, text, expected) => {
    expect(leftOutOf(place(text, [WEB, INSTANCES]))).toEqual(expected);
  });

  it('not where its pattern adds nothing to the host of the user', () => {
    const text = 'Host i-1\n  User me\n  ProxyCommand nc bastion 22\n';
    expect(leftOutOf(place(text, [INSTANCES]))).toEqual([]);
  });

  it('not where the file sets for it what ours does not', () => {
    expect(leftOutOf(place('Host web\n  Port 2222\n  IdentityFile ~/.ssh/mine\n', [WEB]))).toEqual([]);
  });

  it.each([
    ['i-1', true, ['i-*: read twice, line 2']],
    ['i-%h', true, ['i-*: read twice, line 2']],
    ['i-1', false, []],
    ['192.0.2.1', true, []],
  ])('because of HostName %s where ssh reads the file twice: %s', (hostName, isReadTwice, expected) => {
    for (const by of [placeHosts, placeHostsFirst]) {
      expect(leftOutOf(place(`Host a\n  HostName ${hostName}\n`, [INSTANCES], isReadTwice, by))).toEqual(expected);
    }
  });
});
