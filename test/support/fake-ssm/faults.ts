// What goes wrong, by script: throttling, refusals, latency, cut connections, and lists that lag behind.
import { ServiceError } from './protocol';

/** Something that happens to the next calls of an operation, or of any. */
interface Fault {
  readonly operation: string | undefined;
  left: number;
  readonly apply: () => 'cut' | ServiceError;
}

/** The faults of a fake Systems Manager. A test sets them before or while the program runs. */
export class Faults {
  /** Milliseconds that each answer takes. */
  public latencyMs = 0;

  /** Of each new command: how many times it is read in vain, by operation, before a read finds it. */
  public lag: Partial<Record<'ListCommands' | 'ListCommandInvocations' | 'GetCommandInvocation', number>> = {};

  /** How many of the first complete lists of a command's invocations lack the last node. */
  public incompleteLists = 0;

  /** The actions that the caller is allowed to do; all of them where it is not set. */
  public allowedActions: ReadonlySet<string> | undefined;

  private expired = false;
  private readonly pending: Fault[] = [];

  /** The next calls are throttled. */
  public throttle(times: number, operation?: string): void {
    this.fail(times, new ServiceError('ThrottlingException', 'Rate exceeded'), operation);
  }

  /** The next calls fail. */
  public fail(times: number, error: ServiceError, operation?: string): void {
    this.pending.push({ operation, left: times, apply: () => error });
  }

  /** The connections of the next calls are cut: the answer never arrives. */
  public cut(times: number, operation?: string): void {
    this.pending.push({ operation, left: times, apply: () => 'cut' });
  }

  /** From now on the credentials have expired. */
  public expire(): void {
    this.expired = true;
  }

  /** @throws ServiceError where the call fails; `cut` where its connection is cut after it was served */
  public before(action: string, operation: string): 'cut' | undefined {
    if (this.expired)
      throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired');
    if (this.allowedActions && !this.allowedActions.has(action)) {
      throw new ServiceError(
        'AccessDeniedException',
        `User: arn:aws:iam::123456789012:user/operator is not authorized to perform: ${action}`,
      );
    }
    const fault = this.pending.find((one) => one.left > 0 && (one.operation ?? operation) === operation);
    if (!fault) return undefined;
    fault.left--;
    const outcome = fault.apply();
    if (outcome === 'cut') return outcome;
    throw outcome;
  }
}
