// What changes from one template to another, as `cdk diff` says it.
import { PassThrough } from 'node:stream';
import { formatDifferences, fullDiff } from '@aws-cdk/cloudformation-diff';

/** Without colours; empty when nothing changes. */
export function inWords(old: object, now: object): string {
  const stream = new PassThrough();
  formatDifferences(stream, fullDiff(old, now));
  // eslint-disable-next-line no-control-regex -- that is what a terminal's colours are
  return String(stream.read() ?? '').replace(/\u001b\[\d+m/g, '');
}
