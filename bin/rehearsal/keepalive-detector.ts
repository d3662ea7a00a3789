// Finds keepalives in the traffic of an idle session: the end that breaks a silence has sent one, and what follows at once
// is the answer to it.
import type { End } from '../test-bed/relay';

const SILENCE_MS = 200;

/** Reports each keepalive of one session. */
export class KeepaliveDetector {
  private enabled = false;
  private lastTraffic = -Infinity;

  constructor(private readonly onKeepalive: (from: End) => void) {}

  start(): void {
    this.enabled = true;
  }

  stop(): void {
    this.enabled = false;
  }

  traffic(from: End): void {
    const now = performance.now();
    if (this.enabled && now - this.lastTraffic > SILENCE_MS) this.onKeepalive(from);
    this.lastTraffic = now;
  }
}
