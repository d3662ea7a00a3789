// Parameter Store. Serves GetParametersByPath.
import { type Input, page } from './protocol';

/** All parameters, of the type String. */
export class ParameterStore {
  private readonly values = new Map<string, string>();

  public put(name: string, value: string): void {
    this.values.set(name, value);
  }

  public getParametersByPath(input: Input): object {
    const { Path, Recursive = false } = input as { Path: string; Recursive?: boolean };
    const below = Path.endsWith('/') ? Path : `${Path}/`;
    const found = [...this.values].filter(
      ([name]) => name.startsWith(below) && (Recursive || !name.slice(below.length).includes('/')),
    );
    const { items, token } = page(found, input, 10);
    return { Parameters: items.map(([Name, Value]) => ({ Name, Type: 'String', Value })), NextToken: token };
  }
}
