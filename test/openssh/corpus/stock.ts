// The configurations that distributions ship, byte for byte. Knows nothing about how they are tested.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite } from '../suites';
import { stockConfig } from '../suites';
import { type CorpusEntry, entry } from './entry';

const fixture = (name: string): string => readFileSync(join(__dirname, '..', '..', 'fixtures', name), 'latin1');

/** Every suite's file is given to every sshd: images get upgraded, and their configuration is kept. */
export function stockEntries(suites: readonly Suite[]): CorpusEntry[] {
  const folder = { 'sshd_config.d': { folder: true } } as const;
  const cloudInit = { 'sshd_config.d/50-cloud-init.conf': { text: 'PasswordAuthentication no\n', mode: 0o600 } };
  return [
    entry('Amazon Linux 2 as shipped', fixture('al2-stock-sshd_config')),
    entry('Amazon Linux 2 as many articles leave it', fixture('al2-article-sshd_config'), { ends: 'unchanged' }),
    ...suites.flatMap((suite) => [
      entry(`Debian ${suite.name} as shipped`, stockConfig(suite), { files: folder }),
      entry(`Debian ${suite.name} as cloud-init leaves it`, stockConfig(suite), { files: cloudInit }),
    ]),
  ];
}
