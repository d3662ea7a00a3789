/**
 * A snapshot serializer for jest that shows the document's script as its name, version and SHA-256.
 *
 * In the configuration of jest: `snapshotSerializers: ['cdk-ssh-keepalive/jest']`. In one test file:
 * `expect.addSnapshotSerializer(serializer)` with `import * as serializer from 'cdk-ssh-keepalive/jest'`.
 *
 * @see https://jestjs.io/docs/configuration#snapshotserializers-arraystring
 */

/** Whether the value is the list of lines of the script of the installed version. */
export declare function test(value: unknown): boolean;

/** What stands in the snapshot for the script. */
export declare function serialize(
  value: unknown,
  config: unknown,
  indentation: string,
  depth: number,
  refs: unknown[],
  printer: (value: unknown, config: never, indentation: string, depth: number, refs: never[]) => string,
): string;
