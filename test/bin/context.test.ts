import { Ensure } from '../../lib';
import { ContextError, readSettings } from '../../bin/context';

const reach = (context: Record<string, unknown>): unknown[] =>
  readSettings(context).targets.map(({ _reach }) => _reach.target);
const TAGGED = { key: 'tag:ssh-keepalive', values: ['true'] };
const ID = 'i-0123456789abcdef0';

describe('The settings of the app', () => {
  it('are those of the article, for instances tagged ssh-keepalive=true, unless told otherwise', () => {
    const { targets, server, client, ensure, demoInstance } = readSettings({});
    expect(targets.map(({ _reach }) => _reach.target)).toEqual([TAGGED]);
    expect([server.interval.toSeconds(), server.countMax]).toEqual([60, 120]);
    expect([client.interval.toSeconds(), client.countMax]).toEqual([60, 5]);
    expect([ensure, demoInstance]).toEqual([Ensure.PRESENT, undefined]);
  });

  it('tag: another tag, whose value may hold an equals sign', () => {
    expect(reach({ tag: 'team=a=b' })).toEqual([{ key: 'tag:team', values: ['a=b'] }]);
  });

  it('instanceIds: instead of a tag, or beside a tag that is given', () => {
    const ids = { key: 'InstanceIds', values: [ID, 'i-12345678'] };
    expect(reach({ instanceIds: `${ID}, i-12345678` })).toEqual([ids]);
    expect(reach({ instanceIds: `${ID},i-12345678`, tag: 'ssh-keepalive=true' })).toEqual([TAGGED, ids]);
  });

  it('interval, countMax, clientInterval, clientCountMax: text of -c or numbers of cdk.json', () => {
    const { server, client } = readSettings({ interval: '15', countMax: 3, clientInterval: 30, clientCountMax: '4' });
    expect([server.interval.toSeconds(), server.countMax]).toEqual([15, 3]);
    expect([client.interval.toSeconds(), client.countMax]).toEqual([30, 4]);
  });

  it('ensure: present, absent or check-only', () => {
    expect(['present', 'absent', 'check-only'].map((ensure) => readSettings({ ensure }).ensure)).toEqual([
      Ensure.PRESENT,
      Ensure.ABSENT,
      Ensure.CHECK_ONLY,
    ]);
  });

  it('demoInstance: al2023 or al2', () => {
    expect(['al2023', 'al2'].map((demoInstance) => readSettings({ demoInstance }).demoInstance)).toEqual([
      'al2023',
      'al2',
    ]);
  });

  it('stand beside what the CDK CLI and its look-ups write', () => {
    const context = {
      '@aws-cdk/core:checkSecretUsage': true,
      'aws:cdk:enable-path-metadata': true,
      'availability-zones:account=1:region=us-east-1': ['us-east-1a'],
      'acknowledged-issue-numbers': [1],
      'cli-telemetry': false,
    };
    expect(() => readSettings(context)).not.toThrow();
  });

  it('know no names that every object has, and take an id that is given twice once', () => {
    expect(() => readSettings({ toString: '3' })).toThrow("Unknown context value 'toString'");
    const id = 'i-0123456789abcdef0';
    expect(reach({ instanceIds: `${id}, ${id}` })).toEqual(reach({ instanceIds: id }));
  });

  it('are listed when one is unknown', () => {
    const read = () => readSettings({ intervall: '60' });
    expect(read).toThrow(ContextError);
    expect(read).toThrow(
      "Unknown context value 'intervall' (from -c, cdk.json or ~/.cdk.json). Known are:\n  tag: key=value",
    );
  });

  it.each([
    [
      { tag: 'ssh-keepalive' },
      "Context value tag: key=value of the instances to reach (default ssh-keepalive=true, or none when instanceIds is given), got: 'ssh-keepalive'",
    ],
    [{ tag: '=true' }, "got: '=true'"],
    [
      { tag: `k=${'v'.repeat(257)}` },
      'Context value tag: SshKeepaliveTarget.tag: the value of k must have 1 to 256 characters, got: 257',
    ],
    [
      { instanceIds: '' },
      "Context value instanceIds: SshKeepaliveTarget.instanceIds: an id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: ''",
    ],
    [{ instanceIds: `${ID},web` }, "got: 'web'"],
    [{ instanceIds: [ID] }, `got: '["${ID}"]'`],
    [{ interval: '1m' }, "Context value interval: ClientAliveInterval of sshd, in seconds (default 60), got: '1m'"],
    [
      { interval: '0' },
      'Context value interval or countMax: ClientAliveInterval must be whole seconds between 1 and 86400, got: 0 seconds',
    ],
    [{ countMax: '0' }, 'ClientAliveCountMax must be at least 1, got: 0'],
    [{ countMax: -1 }, "got: '-1'"],
    [{ clientInterval: '86401' }, 'Context value clientInterval or clientCountMax: ServerAliveInterval must be'],
    [{ clientCountMax: '1.5' }, "got: '1.5'"],
    [{ ensure: 'toString' }, "Context value ensure: present, absent or check-only (default present), got: 'toString'"],
    [{ demoInstance: true }, "got: 'true'"],
    [
      { demoInstance: 'al1' },
      "Context value demoInstance: al2023 or al2: adds a small instance to try it on (default none), got: 'al1'",
    ],
  ])('are refused when malformed: %j', (context, message) => {
    const read = () => readSettings(context);
    expect(read).toThrow(ContextError);
    expect(read).toThrow(message);
  });
});
