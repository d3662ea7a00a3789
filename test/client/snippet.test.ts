import { bounded } from '../../lib/client/bounded-text';
import type { Host } from '../../lib/client/host-block';
import { snippetBlocks } from '../../lib/client/snippet';
import { join } from '../../lib/client/split';

const keepalive = { interval: bounded('60'), countMax: bounded('5') };
const direct = (alias: string): Host => ({ patterns: [alias], hostName: bounded('10.0.0.1') });
const proxied = (alias: string): Host => ({ ...direct(alias), proxyCommand: bounded('aws x') });
const any: Host = { patterns: ['i-*', 'mi-*'], proxyCommand: bounded('aws any') };

function render(...hosts: Host[]): string {
  return join(snippetBlocks(keepalive, hosts));
}

function order(...hosts: Host[]): string[] {
  return [...render(...hosts).matchAll(/^Host (.*)$/gm)].map((match) => match[1] ?? '');
}

test('without hosts it is the keepalive for every host, under a word on where to paste it', () => {
  expect(render()).toBe(
    `# cdk-ssh-keepalive: paste this at the end of ~/.ssh/config.
# ssh takes the first value that it finds, so whatever stands above stays in force.

Host *
  ServerAliveInterval 60
  ServerAliveCountMax 5
`,
  );
});

test('hosts stand before patterns, patterns before any instance, and all before the keepalive', () => {
  expect(order(any, direct('b*'), proxied('z'), direct('?a'), direct('a'))).toEqual([
    'z',
    'a',
    'b*',
    '?a',
    'i-* mi-*',
    '*',
  ]);
});

test('the hosts that were passed stay in their order', () => {
  const hosts = [any, direct('a')];
  snippetBlocks(keepalive, hosts);
  expect(hosts).toEqual([any, direct('a')]);
});

test('each block ends its last line, and an empty line stands between blocks', () => {
  for (const { text } of snippetBlocks(keepalive, [direct('a'), any])) expect(text).toMatch(/[^\n]\n$/);
  expect(render(direct('a'), any).match(/\n\n/g)).toHaveLength(3);
});

describe('a direct host', () => {
  test('that a pattern with a ProxyCommand below matches too says that it has none', () => {
    expect(render(proxied('web*'), direct('web1'))).toContain(
      'Host web1\n  HostName 10.0.0.1\n  ProxyCommand none\n\nHost web*\n',
    );
    expect(render(any, direct('i-web'))).toContain('ProxyCommand none');
    expect(render(direct('web*'), proxied('*1'))).toContain('ProxyCommand none');
  });

  test('that nothing with a ProxyCommand matches leaves that open to what the user has', () => {
    expect(render(any, proxied('db*'), direct('web*'), direct('web1'))).not.toContain('ProxyCommand none');
    expect(render(proxied('*1'), direct('web*'))).not.toContain('ProxyCommand none');
  });
});

test('a proxied host keeps its own ProxyCommand', () => {
  expect(render(any, proxied('i-web'))).toContain('Host i-web\n  HostName 10.0.0.1\n  ProxyCommand aws x\n');
});
