// AWS JSON 1.1, as the SDK speaks it: reads a request, writes an answer or an error, and pages a list.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request with what was signed. */
export interface ServiceRequest {
  /** The service and the operation, such as `ssm:SendCommand`: the action of an IAM policy. */
  readonly action: string;
  readonly operation: string;
  readonly input: Input;
  readonly accessKeyId: string;
}

/** The members of a request. */
export type Input = Readonly<Record<string, unknown>>;

/** An error that the service answers. */
export class ServiceError extends Error {
  public constructor(
    public override readonly name: string,
    message: string,
    public readonly status = 400,
  ) {
    super(message);
  }
}

/** By the first word of the header X-Amz-Target: the prefix of IAM. */
const SERVICES: Readonly<Record<string, string>> = { AmazonSSM: 'ssm', ResourceGroupsTaggingAPI_20170126: 'tag' };

/** @throws ServiceError when it is not a signed request of a service that is known here */
export async function readRequest(request: IncomingMessage): Promise<ServiceRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { headers, method } = request;
  const [, accessKeyId] = /^AWS4-HMAC-SHA256 Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  if (accessKeyId === undefined)
    throw new ServiceError('MissingAuthenticationToken', 'Request is missing its signature');
  if (method !== 'POST' || headers['content-type'] !== 'application/x-amz-json-1.1') {
    throw new ServiceError('UnknownOperationException', 'Not a request of AWS JSON 1.1');
  }
  const [service = '', operation = ''] = String(headers['x-amz-target']).split('.');
  const prefix = SERVICES[service];
  if (!prefix) throw new ServiceError('UnknownOperationException', `Unknown target ${service}.${operation}`);
  try {
    const input = JSON.parse(Buffer.concat(chunks).toString()) as Input;
    return { action: `${prefix}:${operation}`, operation, input, accessKeyId };
  } catch {
    throw new ServiceError('SerializationException', 'The body is not JSON');
  }
}

/** Answers; dates are seconds since 1970, as in AWS JSON. */
export function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body, function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(text);
}

/** Answers an error. */
export function answerError(response: ServerResponse, { name, message, status }: ServiceError): void {
  answer(response, status, { __type: name, message });
}

/** A page of a list, and the token of the next one. */
export function page<T>(list: readonly T[], input: Input, byDefault: number): { items: readonly T[]; token?: string } {
  const { MaxResults: size = byDefault, NextToken: token } = input as { MaxResults?: number; NextToken?: string };
  const start = token === undefined ? 0 : Number(/^page-(\d+)$/.exec(token)?.[1] ?? NaN);
  if (Number.isNaN(start)) throw new ServiceError('InvalidNextToken', 'The specified token is not valid.');
  const end = start + size;
  return { items: list.slice(start, end), ...(end < list.length && { token: `page-${end}` }) };
}
