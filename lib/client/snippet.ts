// The client's snippet, block by block. ssh uses the first value that it finds, so hosts come before patterns and the
// keepalive for all hosts comes last. Knows nothing about where the blocks are kept.
import { type BoundedText, bounded } from './bounded-text';
import { type Host, block, hostBlock } from './host-block';
import { isWildcard, overlap } from './pattern';

const HEADER = `# cdk-ssh-keepalive: paste this at the end of ~/.ssh/config.
# ssh takes the first value that it finds, so whatever stands above stays in force.
`;

/** The keepalive settings of ssh. */
export interface SnippetKeepalive {
  /** `ServerAliveInterval`, in seconds. */
  readonly interval: BoundedText;

  /** `ServerAliveCountMax`. */
  readonly countMax: BoundedText;
}

/** The blocks in the order that ssh requires, each with a line end; the caller adds an empty line between them. */
export function snippetBlocks({ interval, countMax }: SnippetKeepalive, hosts: readonly Host[]): BoundedText[] {
  const ordered = [...hosts].sort((a, b) => breadth(a) - breadth(b));
  return [
    bounded(HEADER),
    ...ordered.map((host, i) => hostBlock(withoutInheritedProxy(host, ordered.slice(i + 1)))),
    block(['*'], { ServerAliveInterval: interval, ServerAliveCountMax: countMax }),
  ];
}

/** Single names before patterns, patterns for one instance before those for any instance. */
function breadth(host: Host): number {
  if (host.hostName === undefined) return 2;
  return host.patterns.some(isWildcard) ? 1 : 0;
}

/** A host with a direct connection must not use the ProxyCommand of a later pattern that matches its name. */
function withoutInheritedProxy(host: Host, below: readonly Host[]): Host {
  const inherits =
    host.proxyCommand === undefined &&
    below.some(
      ({ patterns, proxyCommand }) =>
        proxyCommand !== undefined && patterns.some((a) => host.patterns.some((b) => overlap(a, b))),
    );
  return inherits ? { ...host, proxyCommand: bounded('none') } : host;
}
