// The documents of the account. Serves ListDocuments and GetDocument.
import { type Input, ServiceError, page } from './protocol';

/** A Command document of schema 2.2, as far as the agent reads it. */
export interface CommandDocument {
  readonly parameters: Readonly<
    Record<string, { readonly default?: string; readonly allowedPattern?: string; readonly interpolationType?: string }>
  >;
  readonly mainSteps: readonly {
    readonly action: string;
    readonly name: string;
    readonly precondition?: { readonly StringEquals: readonly [string, string] };
    readonly inputs: { readonly runCommand: readonly string[] };
  }[];
}

/** A document with what the service knows about it. */
export interface StoredDocument {
  readonly name: string;
  readonly content: CommandDocument;
  readonly tags: Readonly<Record<string, string>>;
  readonly created: Date;
  readonly owner: string;
}

/** All documents. */
export class Documents {
  private readonly byName = new Map<string, StoredDocument>();

  /** Adds a document of this account. */
  public add(document: Pick<StoredDocument, 'name' | 'content'> & Partial<StoredDocument>): StoredDocument {
    const added = { tags: {}, created: new Date(), owner: '123456789012', ...document };
    this.byName.set(added.name, added);
    return added;
  }

  public remove(name: string): void {
    this.byName.delete(name);
  }

  /** @throws ServiceError when there is none */
  public find(name: string): StoredDocument {
    const found = this.byName.get(name);
    if (!found) throw new ServiceError('InvalidDocument', `Document with name ${name} does not exist.`);
    return found;
  }

  public listDocuments(input: Input): object {
    const { Filters: filters = [] } = input as { Filters?: readonly { Key: string; Values: readonly string[] }[] };
    if (filters.filter(({ Key }) => Key.startsWith('tag:')).length > 1) {
      throw new ServiceError('InvalidFilterKey', 'Only one tag key is supported.');
    }
    const found = [...this.byName.values()].filter((document) =>
      filters.every(({ Key, Values }) => matches(document, Key, Values)),
    );
    const { items, token } = page(found, input, 50);
    return {
      DocumentIdentifiers: items.map(({ name, created, owner, tags }) => ({
        Name: name,
        CreatedDate: created,
        Owner: owner,
        DocumentVersion: '1',
        DocumentType: 'Command',
        SchemaVersion: '2.2',
        DocumentFormat: 'JSON',
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
      NextToken: token,
    };
  }

  public getDocument(input: Input): object {
    const { name, content } = this.find(String(input.Name));
    const text = JSON.stringify(content);
    return {
      Name: name,
      DocumentVersion: '1',
      Status: 'Active',
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      Content: text,
    };
  }
}

function matches({ name, owner, tags }: StoredDocument, key: string, values: readonly string[]): boolean {
  if (key === 'Owner') return values.includes(owner === '123456789012' ? 'Self' : 'Amazon');
  if (key === 'Name') return values.some((prefix) => name.startsWith(prefix));
  if (key === 'DocumentType') return values.includes('Command');
  if (key.startsWith('tag:')) return values.includes(tags[key.slice('tag:'.length)] ?? '');
  throw new ServiceError('InvalidFilterKey', `The specified key ${key} is not valid.`);
}
