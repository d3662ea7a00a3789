// The settings that all clients of the AWS SDK have in common. The SDK itself is loaded by those who use it.
import type { SSMClient } from '@aws-sdk/client-ssm';

/** Sign-in options. */
export interface SignIn {
  /** The profile in `~/.aws/config`; the SDK's own choice when absent. */
  readonly profile?: string;

  /** The Region; the SDK's own choice when absent. */
  readonly region?: string;
}

/** Client settings: retries and time-outs. */
export function clientSettings({ profile, region }: SignIn): object {
  return {
    profile,
    region,
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  };
}

/** Watches where the requests of a client go; the result is the endpoint of the last one, for messages. */
export function watchEndpoint(client: Pick<SSMClient, 'middlewareStack'>): () => string | undefined {
  let endpoint: string | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol, hostname, port } = args.request as { protocol: string; hostname: string; port?: number };
      endpoint = `${protocol}//${hostname}${port ? `:${port}` : ''}`;
      return next(args);
    },
    { step: 'finalizeRequest' },
  );
  return () => endpoint;
}
