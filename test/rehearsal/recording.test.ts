import type { Recording } from '../../bin/rehearsal/recording';
import { unexpectedResults } from '../../bin/rehearsal/recording';

function recording(results: Record<'neither' | 'server' | 'client' | 'both', 'alive' | 'dropped'>): Recording {
  const sessions = Object.entries(results).map(([combination, result]) => ({
    combination: combination as keyof typeof results,
    label: combination,
    events: [],
    result,
    sshMessage: null,
  }));
  return { scale: 30, sshd: 'OpenSSH_9.9', path: { forgetsAfterSeconds: 120 }, idleSeconds: 300, sessions };
}

describe('A recording', () => {
  it('is as expected when only the session without keepalives was dropped', () => {
    const expected = recording({ neither: 'dropped', server: 'alive', client: 'alive', both: 'alive' });
    expect(unexpectedResults(expected)).toEqual([]);
  });

  it('names the sessions with another result', () => {
    const other = recording({ neither: 'alive', server: 'alive', client: 'alive', both: 'dropped' });
    expect(unexpectedResults(other).map(({ label }) => label)).toEqual(['neither', 'both']);
  });
});
