import { SshKeepaliveAction } from '../../lib';
import { ContextError, readSettings } from '../../bin/context';

const targetsOf = (context: Record<string, unknown>): unknown[] =>
  readSettings(context).targets.map(({ _selection }) => _selection.target);
const TAGGED = { key: 'tag:ssh-keepalive', values: ['true'] };
const ID = 'i-0123456789abcdef0';

describe('The settings of the app', () => {
  it('are those of the article by default, for instances with the tag ssh-keepalive=true', () => {
    const { targets, serverKeepalive, clientKeepalive, action, demoInstance } = readSettings({});
    expect(targets.map(({ _selection }) => _selection.target)).toEqual([TAGGED]);
    expect([serverKeepalive.interval.toSeconds(), serverKeepalive.countMax]).toEqual([60, 120]);
    expect([clientKeepalive.interval.toSeconds(), clientKeepalive.countMax]).toEqual([60, 5]);
    expect([action, demoInstance]).toEqual([SshKeepaliveAction.APPLY, undefined]);
  });

  it('tag: another tag, whose value may contain an equals sign', () => {
    expect(targetsOf({ tag: 'team=a=b' })).toEqual([{ key: 'tag:team', values: ['a=b'] }]);
  });

  it('instanceIds: instead of a tag, or in addition to a tag that is set', () => {
    const ids = { key: 'InstanceIds', values: [ID, 'i-12345678'] };
    expect(targetsOf({ instanceIds: `${ID}, i-12345678` })).toEqual([ids]);
    expect(targetsOf({ instanceIds: `${ID},i-12345678`, tag: 'ssh-keepalive=true' })).toEqual([TAGGED, ids]);
  });

  it('interval, countMax, clientInterval, clientCountMax: strings of -c or numbers of cdk.json', () => {
    const { serverKeepalive, clientKeepalive } = readSettings({
      interval: '15',
      countMax: 3,
      clientInterval: 30,
      clientCountMax: '4',
    });
    expect([serverKeepalive.interval.toSeconds(), serverKeepalive.countMax]).toEqual([15, 3]);
    expect([clientKeepalive.interval.toSeconds(), clientKeepalive.countMax]).toEqual([30, 4]);
  });

  it('action: apply, check or remove', () => {
    expect(['apply', 'check', 'remove'].map((action) => readSettings({ action }).action)).toEqual([
      SshKeepaliveAction.APPLY,
      SshKeepaliveAction.CHECK,
      SshKeepaliveAction.REMOVE,
    ]);
  });

  it('demoInstance: al2023 or al2', () => {
    expect(['al2023', 'al2'].map((demoInstance) => readSettings({ demoInstance }).demoInstance)).toEqual([
      'al2023',
      'al2',
    ]);
  });

  it('may be in the same context as those of the CDK CLI and its lookups', () => {
    const context = {
      '@aws-cdk/core:checkSecretUsage': true,
      'aws:cdk:enable-path-metadata': true,
      'availability-zones:account=1:region=us-east-1': ['us-east-1a'],
      'acknowledged-issue-numbers': [1],
      'cli-telemetry': false,
    };
    expect(() => readSettings(context)).not.toThrow();
  });

  it('do not include names that every object has', () => {
    expect(() => readSettings({ toString: '3' })).toThrow("Unknown context value 'toString'");
  });

  it('instanceIds: an id that is given twice counts once', () => {
    expect(targetsOf({ instanceIds: `${ID}, ${ID}` })).toEqual(targetsOf({ instanceIds: ID }));
  });

  it('are listed when one is unknown, with the one that is probably meant', () => {
    const read = () => readSettings({ intervall: '60' });
    expect(read).toThrow(ContextError);
    expect(read).toThrow(
      "Unknown context value 'intervall' (from -c, cdk.json or ~/.cdk.json). Did you mean 'interval'? Known values:\n  tag: key=value",
    );
    expect(() => readSettings({ ensure: 'present' })).toThrow("Did you mean 'action'?");
    expect(() => readSettings({ colour: 'red' })).toThrow('~/.cdk.json). Known values:');
  });

  it.each([
    [
      { tag: 'ssh-keepalive' },
      "Context value tag: must be the key and the value of a tag as key=value, got: 'ssh-keepalive'. For example: -c tag=ssh-keepalive=true",
    ],
    [{ tag: '=true' }, "got: '=true'"],
    [{ tag: `k=${'v'.repeat(257)}` }, 'Context value tag: value must have 1 to 256 characters, got: 257 characters'],
    [
      { instanceIds: '' },
      "Context value instanceIds: id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: ''. For example: -c instanceIds=i-0123456789abcdef0",
    ],
    [{ instanceIds: `${ID},web` }, "got: 'web'"],
    [{ instanceIds: [ID] }, `got: '[\\"${ID}\\"]'`],
    [
      { instanceIds: Array.from({ length: 501 }, (_, i) => `i-${i.toString(16).padStart(8, '0')}`).join() },
      'Context value instanceIds: must be at most 500 ids, got: 501. Use a tag for that many instances.',
    ],
    [
      { interval: '1m' },
      "Context value interval: must be whole seconds from 1 to 86400, got: '1m'. For example: -c interval=60",
    ],
    [
      { interval: '0' },
      "Context value interval: must be whole seconds from 1 to 86400, got: '0'. For example: -c interval=60",
    ],
    [
      { countMax: '0' },
      "Context value countMax: must be a whole number from 1 to 10000, got: '0'. For example: -c countMax=120",
    ],
    [{ countMax: -1 }, "got: '-1'"],
    [{ clientInterval: '86401' }, 'Context value clientInterval: must be whole seconds'],
    [{ clientCountMax: '1.5' }, "got: '1.5'"],
    [{ action: 'toString' }, "Context value action: must be apply, check or remove, got: 'toString'"],
    [{ action: 'Apply' }, "got: 'Apply'"],
    [{ demoInstance: true }, "got: 'true'"],
    [{ demoInstance: 'al1' }, "Context value demoInstance: must be al2023 or al2, got: 'al1'"],
  ])('are errors when malformed: %j', (context, message) => {
    const read = () => readSettings(context);
    expect(read).toThrow(ContextError);
    expect(read).toThrow(message);
  });
});
