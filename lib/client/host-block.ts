// One `Host` block of ssh_config, in keywords that ssh 7.4 knows, LF, without trailing comments, which ssh before about
// 8.5 refuses. Writes what it is given: the values were checked before.
import { type BoundedText, bounded, concat } from './bounded-text';

/** What a person types after `ssh`, and where it leads. */
export interface Host {
  /** The names that the block is for: `Host`. */
  readonly patterns: readonly string[];

  /** `HostName`; absent where the name that was typed is the address, as with `ssh i-0123`. */
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
    // Quoted only where needed, so that the usual path reads as everybody writes it.
    IdentityFile: identityFile?.includes(' ') ? `"${identityFile}"` : identityFile,
    ProxyCommand: proxyCommand,
  });
}

/** A block of these keywords, those without a value left out; ends with a line end. */
export function block(
  patterns: readonly string[],
  keywords: Readonly<Record<string, string | BoundedText | undefined>>,
): BoundedText {
  return Object.entries(keywords).reduce<BoundedText>(
    (text, [keyword, value]) => (value === undefined ? text : concat(text, `  ${keyword} `, value, '\n')),
    bounded(`Host ${patterns.join(' ')}\n`),
  );
}
