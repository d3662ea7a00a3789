// The client's snippet, block by block. ssh takes the first value that it finds, so hosts come before patterns and the
// keepalive for everybody comes last. Knows nothing of where the blocks are kept.
import { type BoundedText, bounded } from './bounded-text';
import { type Host, block, hostBlock } from './host-block';
import { isWildcard, overlap } from './pattern';

const HEADER = `# cdk-ssh-keepalive: paste this at the end of ~/.ssh/config.
# ssh takes the first value that it finds, so whatever stands above stays in force.
`;

/** What ssh sends to a silent server. */
export interface SnippetKeepalive {
  /** `ServerAliveInterval`, in seconds. */
  readonly interval: BoundedText;

  /** `ServerAliveCountMax`. */
  readonly countMax: BoundedText;
}

/** The blocks in the order that ssh needs, each ending with a line end; an empty line belongs between them. */
export function snippetBlocks({ interval, countMax }: SnippetKeepalive, hosts: readonly Host[]): BoundedText[] {
  const ordered = [...hosts].sort((a, b) => breadth(a) - breadth(b));
  return [
    bounded(HEADER),
    ...ordered.map((host, i) => hostBlock(withoutForeignProxy(host, ordered.slice(i + 1)))),
    block(['*'], { ServerAliveInterval: interval, ServerAliveCountMax: countMax }),
  ];
}

/** One name before patterns, patterns that lead to one instance before those that lead to any. */
function breadth(host: Host): number {
  if (host.hostName === undefined) return 2;
  return host.patterns.some(isWildcard) ? 1 : 0;
}

/** A host that is reached directly must not pick up the ProxyCommand of a pattern below that its name matches too. */
function withoutForeignProxy(host: Host, below: readonly Host[]): Host {
  const inherits =
    host.proxyCommand === undefined &&
    below.some(
      ({ patterns, proxyCommand }) =>
        proxyCommand !== undefined && patterns.some((a) => host.patterns.some((b) => overlap(a, b))),
    );
  return inherits ? { ...host, proxyCommand: bounded('none') } : host;
}
