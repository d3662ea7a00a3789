// Parameter Store as far as GetParametersByPath goes, on loopback, over the real protocol (AWS JSON 1.1). It validates,
// pages, throttles and refuses as Systems Manager does, so the real SDK can be tested against it.
import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A parameter, as the service answers it. */
export interface StoredParameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
}

/** What the service was asked, as it arrived. */
export interface Asked {
  readonly Path: string;
  readonly Recursive?: boolean;
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly credential: string;
}

/** A failure that it gives instead of an answer: the HTTP status, the name and the message. */
export type Failure = readonly [status: number, name: string, message: string];

const PAGE = 10;
const PREFIX = 'page-';

export class FakeParameterStore {
  /** All questions, those that failed too. */
  public readonly asked: Asked[] = [];

  /** The next questions fail with these, in turn. */
  public failures: Failure[] = [];

  /** What is stored. */
  public parameters: StoredParameter[] = [];

  private constructor(private readonly server: Server) {}

  public static async start(): Promise<FakeParameterStore> {
    const server = createServer();
    const store = new FakeParameterStore(server);
    server.on('request', (request, response) => {
      void body(request).then((text) => {
        const [status, answer] = store.answer(request, text);
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return store;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Stores the parts of a text below a path. */
  public store(path: string, parts: readonly string[]): void {
    this.parameters.push(...parts.map((Value, i) => ({ Name: `${path}/${i + 1}`, Type: 'String', Value })));
  }

  public forget(): void {
    this.parameters = [];
    this.failures = [];
    this.asked.length = 0;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer({ headers, method }: IncomingMessage, text: string): [number, object] {
    const failed = (status: number, __type: string, message: string): [number, object] => [status, { __type, message }];
    const [, credential = ''] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    const target = headers['x-amz-target'];
    if (method !== 'POST' || headers['content-type'] !== 'application/x-amz-json-1.1' || !credential) {
      return failed(400, 'UnknownOperationException', 'not a signed request of AWS JSON 1.1');
    }
    if (target !== 'AmazonSSM.GetParametersByPath') return failed(400, 'UnknownOperationException', String(target));

    const asked = { ...(JSON.parse(text) as Omit<Asked, 'credential'>), credential };
    this.asked.push(asked);
    const failure = this.failures.shift();
    if (failure) return failed(...failure);
    const { Path, Recursive = false, MaxResults = PAGE, NextToken } = asked;
    if (!/^\/[\w.-]+(\/[\w.-]+)*\/?$/.test(Path)) return failed(400, 'ValidationException', `bad Path ${Path}`);
    if (!(MaxResults >= 1 && MaxResults <= PAGE)) {
      return failed(400, 'ValidationException', `MaxResults must be less than or equal to ${PAGE}`);
    }
    if (NextToken !== undefined && !/^page-\d+$/.test(NextToken)) return failed(400, 'InvalidNextToken', NextToken);

    const below = Path.endsWith('/') ? Path : `${Path}/`;
    const found = this.parameters
      .filter(({ Name }) => Name.startsWith(below) && (Recursive || !Name.slice(below.length).includes('/')))
      // The service promises no order; this is one in which 10 comes before 2.
      .sort((a, b) => (a.Name < b.Name ? -1 : 1));
    const from = Number(NextToken?.slice(PREFIX.length) ?? 0);
    const to = from + MaxResults;
    return [200, { Parameters: found.slice(from, to), ...(to < found.length && { NextToken: `${PREFIX}${to}` }) }];
  }
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
