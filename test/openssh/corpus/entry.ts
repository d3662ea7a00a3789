// One entry of the corpus. Knows nothing about how it is tested.
import type { Files } from '../suite-machine';
import type { SuiteName } from '../suites';

export interface CorpusEntry {
  /** What is special about it, as a sentence. */
  readonly name: string;
  readonly files: Files;
  /** How Apply (60 and 120) ends on it, where sshd accepts it: a verdict, or why it fails. */
  readonly ends: 'changed' | 'unchanged' | 'config' | 'markers' | 'overridden' | 'write';
  /** Whose sshd refuses it. */
  readonly refusedBy?: readonly SuiteName[];
  /** A command that gives it a property that no file can carry; paths are the machine's. */
  readonly before?: string;
  /** What takes that property away again. */
  readonly after?: string;
  /** Whether sshd_config has a second name, which then keeps the old file: a rename cannot give that back. */
  readonly secondName?: boolean;
}

/** An entry with these bytes as its sshd_config. */
export function entry(name: string, sshdConfig: string, more: Partial<CorpusEntry> = {}): CorpusEntry {
  return { name, ends: 'changed', ...more, files: { sshd_config: sshdConfig, ...more.files } };
}
