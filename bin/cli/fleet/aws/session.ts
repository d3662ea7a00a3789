// The clients of Systems Manager and of the tagging API, with the account's Region. The SDK is loaded here.
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type * as Sdk from '../../shared/aws-sdk';
import { type SignIn, clientSettings, watchEndpoint } from '../../shared/aws-client';
import { explainAwsError } from '../../shared/aws-errors';
import { requireProfile } from '../../shared/aws-profiles';
import type { CliError } from '../../shared/exit-code';

/** A run takes hundreds of requests, and throttling limits are shared by the account. */
const MAX_ATTEMPTS = 8;

/** How many requests are under way at the same time, where they do not depend on each other. */
const PARALLEL = 5;

/** Open one with `Session.open`, and `close` it. */
export class Session {
  /** @throws CliError when the profile does not exist or no Region is known */
  public static async open(signIn: SignIn): Promise<Session> {
    requireProfile(signIn.profile);
    const sdk = await import('../../shared/aws-sdk.js');
    const settings = { ...clientSettings(signIn), maxAttempts: MAX_ATTEMPTS };
    const ssm = new sdk.SSMClient(settings);
    const session = new Session(
      sdk,
      ssm,
      new sdk.ResourceGroupsTaggingAPIClient(settings),
      new sdk.SSMClient({ ...settings, maxAttempts: 1 }),
      signIn,
    );
    try {
      session.region = await ssm.config.region();
      return session;
    } catch (error) {
      throw session.explain(error, 'Systems Manager was not read');
    }
  }

  public region = '';
  private readonly endpoint: () => string | undefined;

  private constructor(
    /** The SDK's commands and lists. */
    public readonly sdk: typeof Sdk,
    public readonly ssm: SSMClient,
    public readonly tagging: ResourceGroupsTaggingAPIClient,
    /** For requests that must not be repeated. */
    public readonly onceOnly: SSMClient,
    public readonly signIn: SignIn,
  ) {
    this.endpoint = watchEndpoint(ssm);
  }

  /** An error of the SDK as a message; a CliError stays as it is. */
  public explain(error: unknown, failed: string): CliError {
    return explainAwsError(error, {
      ...this.signIn,
      failed,
      permission: 'docs/fleet.md lists the permissions.',
      behindProxy: 'run this from a network with direct access to AWS',
      region: this.region || undefined,
      endpoint: this.endpoint(),
    });
  }

  /** Does the work for all items, a few at a time. */
  public async forEach<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
    const queue = items[Symbol.iterator]();
    const lane = async (): Promise<void> => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
  }

  public close(): void {
    this.ssm.destroy();
    this.tagging.destroy();
    this.onceOnly.destroy();
  }
}

/** Lists of at most so many items. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
