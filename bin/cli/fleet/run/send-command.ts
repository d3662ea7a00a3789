// Sends a command once. A lost answer is not followed by a second request, which would run the document twice: the
// command is looked up by its comment.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { CliError } from '../../shared/exit-code';
import type { Session } from '../aws/session';
import type { Action, Values } from '../deployment/deployment';
import type { Destination } from './targets';

/** Delivery options. */
export interface Delivery {
  readonly maxConcurrency: string;
  readonly maxErrors: string;
  /** Seconds after which a node that did not get the command is given up. */
  readonly deliveryTimeout: number;
}

/** What is sent. */
export interface Order extends Delivery, Values {
  readonly documentName: string;
  readonly action: Action;
}

/** The comment of our commands: their action, in lower case, and a number. */
export const COMMENT = /^cdk-ssh-keepalive fleet (check|apply|remove) /;

const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** @returns the command's id. @throws CliError when it was not sent, or when that is not known */
export async function sendCommand(order: Order, { ids, targets }: Destination, session: Session): Promise<string> {
  const { sdk, onceOnly } = session;
  const comment = `cdk-ssh-keepalive fleet ${order.action.toLowerCase()} ${randomUUID()}`;
  const request: SendCommandCommandInput = {
    DocumentName: order.documentName,
    Parameters: {
      Action: [order.action],
      ClientAliveInterval: [order.interval],
      ClientAliveCountMax: [order.countMax],
    },
    ...(ids
      ? { InstanceIds: [...ids] }
      : { Targets: targets?.map(({ key, values }) => ({ Key: key, Values: [...values] })) }),
    Comment: comment,
    TimeoutSeconds: order.deliveryTimeout,
    MaxConcurrency: order.maxConcurrency,
    MaxErrors: order.maxErrors,
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const { Command } = await onceOnly.send(new sdk.SendCommandCommand(request));
      return Command?.CommandId ?? '';
    } catch (error) {
      const { name, $fault } = error as Error & { $fault?: 'client' | 'server' };
      const pause = PAUSES_MS[attempt];
      if (/Throttl|TooManyRequests/.test(name) && pause !== undefined) {
        await sleep(pause);
        continue;
      }
      if ($fault === 'client' || /^(CredentialsProvider|TokenProvider)Error$/.test(name)) {
        throw session.explain(error, `${order.action} was not sent`);
      }
      return await findByComment(comment, order, error, session);
    }
  }
}

async function findByComment(comment: string, order: Order, cause: unknown, session: Session): Promise<string> {
  const { sdk, ssm, region } = session;
  const Filters = [{ key: 'DocumentName' as const, value: order.documentName }];
  for (const pause of PAUSES_MS.slice(0, 4)) {
    await sleep(pause);
    try {
      const { Commands = [] } = await ssm.send(new sdk.ListCommandsCommand({ Filters, MaxResults: 50 }));
      const found = Commands.find(({ Comment }) => Comment === comment)?.CommandId;
      if (found !== undefined) return found;
    } catch (error) {
      throw unknown(session.explain(error, 'The commands were not listed').message);
    }
  }
  throw unknown(session.explain(cause, 'No answer').message);

  function unknown(reason: string): CliError {
    return new CliError(
      `It is unknown whether ${order.action} was sent: ${reason} List the commands: ` +
        `aws ssm list-commands --filters key=DocumentName,value=${order.documentName} --region ${region}`,
    );
  }
}
