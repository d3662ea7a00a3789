// The messages of the protocol, over ssh as over TCP, and the lines that carry them.

/** The first line of the server: it is ready, and the connection is silent from now on. */
export const READY = 'cdk-ssh-keepalive-ready';

/** Sent after the silence, by either end. */
export const WORD = 'word';

/** The request of the control connection, and its answer. */
export const PING = 'ping';
export const PONG = 'pong';

/** The request to send the first message on another connection: `speak NAME`. */
export const SPEAK = 'speak';

/** The first line of a client over TCP: the measurement, and the name of the connection or `control`. */
export const HELLO = /^cdk-ssh-keepalive-probe 1 ([0-9a-f]{32}) (control|[0-9a-f]{1,32})$/;

/** Longer lines are not of this protocol. */
const LONGEST_LINE = 128;

/**
 * Collects lines from pieces of text.
 *
 * A line that is too long becomes one or more empty lines, which this protocol does not have.
 */
export function onLines(onLine: (line: string) => void, longest = LONGEST_LINE): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, longest + 1);
    for (const line of lines) onLine(line.length > longest ? '' : line.replace(/\r$/, ''));
    if (rest.length > longest) {
      rest = '';
      onLine('');
    }
  };
}
