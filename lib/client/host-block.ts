// One `Host` block of ssh_config, with keywords of ssh 7.4, LF, and without trailing comments, which are an error before
// about ssh 8.5. The caller has validated the values.
import { type BoundedText, bounded, concat } from './bounded-text';

/** An alias and its connection. */
export interface Host {
  /** The aliases: `Host`. */
  readonly patterns: readonly string[];

  /** `HostName`; undefined where the alias is the address, as in `ssh i-0123`. */
  readonly hostName?: BoundedText;

  /** `User`. */
  readonly user?: string;

  /** `Port`. */
  readonly port?: number;

  /** `IdentityFile`, without quotes. */
  readonly identityFile?: string;

  /** `ProxyCommand`. */
  readonly proxyCommand?: BoundedText;
}

/** The block of a host. */
export function hostBlock(host: Host): BoundedText {
  const { hostName, user, port, identityFile, proxyCommand } = host;
  return block(host.patterns, {
    HostName: hostName,
    User: user,
    Port: port?.toString(),
    // Quoted only where required, so that common paths are written as usual.
    IdentityFile: identityFile?.includes(' ') ? `"${identityFile}"` : identityFile,
    ProxyCommand: proxyCommand,
  });
}

/** A block of the keywords that have a value, with a line end. */
export function block(
  patterns: readonly string[],
  keywords: Readonly<Record<string, string | BoundedText | undefined>>,
): BoundedText {
  return Object.entries(keywords).reduce<BoundedText>(
    (text, [keyword, value]) => (value === undefined ? text : concat(text, `  ${keyword} `, value, '\n')),
    bounded(`Host ${patterns.join(' ')}\n`),
  );
}
