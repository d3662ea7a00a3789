// The options of a request, as the next command in a hint takes them over.
import type { FleetRequest, RunRequest } from './request';

/** Longer lists are not printed. */
const MAX_IDS = 50;

/** The options that name the constructs. */
export function constructOptions({ stack, document, profile, region }: FleetRequest): string {
  return Object.entries({ stack, document, profile, region })
    .map(([name, value]) => (value === undefined ? '' : ` --${name} ${quoted(value)}`))
    .join('');
}

/** The options that name the targets; what cannot be repeated is for the reader to fill in. */
export function targetOptions(request: FleetRequest | RunRequest): string {
  if (!('action' in request)) return '';
  const { tags, instanceIds, targetsFile, commandIds } = request;
  if (tags.length > 0) return ` --tag ${tags.map(quoted).join(' ')}`;
  if (targetsFile === '-') return ` --targets-file -${SAME}`;
  if (targetsFile !== undefined) return ` --targets-file ${quoted(targetsFile)}`;
  if (commandIds.length > 0 || instanceIds.length > MAX_IDS) return ` --instance-ids ...${SAME}`;
  return instanceIds.length > 0 ? ` --instance-ids ${instanceIds.join(' ')}` : '';
}

const SAME = '  # with the same targets';

/** The limits that differ from the defaults of the action. */
export function limitOptions(request: FleetRequest | RunRequest): string {
  if (!('action' in request)) return '';
  const { maxConcurrency, maxErrors, deliveryTimeout } = request;
  const defaults = defaultLimits(request.action);
  return [
    maxConcurrency === defaults.maxConcurrency ? '' : ` --max-concurrency ${maxConcurrency}`,
    maxErrors === defaults.maxErrors ? '' : ` --max-errors ${maxErrors}`,
    deliveryTimeout === defaults.deliveryTimeout ? '' : ` --delivery-timeout ${deliveryTimeout}`,
  ].join('');
}

/** A drifted node is an error to Run Command, and would stop a Check. */
export function defaultLimits(
  action: RunRequest['action'],
): Pick<RunRequest, 'maxConcurrency' | 'maxErrors' | 'deliveryTimeout'> {
  const limit = action === 'Check' ? '100%' : '10%';
  return { maxConcurrency: limit, maxErrors: limit, deliveryTimeout: 120 };
}

function quoted(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
