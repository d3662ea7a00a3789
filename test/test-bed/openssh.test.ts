import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchServer, findOpenSsh, libraryPath } from '../../bin/test-bed/openssh';
import { describeWith } from '../support/requirements';

describeWith(['sshd'], 'findOpenSsh', () => {
  it('finds an sshd that runs', () => {
    const { sshd, unpackedIn } = findOpenSsh();
    const env = unpackedIn ? { LD_LIBRARY_PATH: libraryPath(unpackedIn) } : {};
    // -V is unknown before 9.2, and the complaint names the version.
    expect(spawnSync(sshd, ['-V'], { encoding: 'utf8', env }).stderr).toMatch(/OpenSSH_\d+\.\d+/);
  });
});

describeWith(['apt-get'], 'fetchServer', () => {
  it('fetches the package once, and leaves nothing unfinished behind', () => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    try {
      const unpackedIn = fetchServer(cache);
      expect(readdirSync(cache)).toEqual([expect.stringMatching(/^openssh-server-\w+-[\w.]+-\w+$/)]);
      const env = { LD_LIBRARY_PATH: libraryPath(unpackedIn) };
      expect(spawnSync(join(unpackedIn, 'usr/sbin/sshd'), ['-V'], { encoding: 'utf8', env }).stderr).toMatch(
        /OpenSSH_/,
      );

      const { ctimeMs } = statSync(unpackedIn);
      expect(fetchServer(cache)).toBe(unpackedIn);
      expect(statSync(unpackedIn).ctimeMs).toBe(ctimeMs);
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  }, 60_000);
});
