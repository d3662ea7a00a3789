// The result for programs.
import type { Measurement } from '../measurement/measure';
import type { Conclusion } from './conclusion';
import type { Subject } from './text';

/** One JSON document. Seconds have at most three decimals; `null` stands for what was not found. */
export function asJson(measurement: Measurement, conclusion: Conclusion, { name, settings }: Subject): string {
  const { directions, seconds, max, replyTimeout, end, outages, roundTrip, refusal } = measurement;
  const { finding, limit, hop, recommendedInterval, survives, exitCode } = conclusion;
  const document = {
    path: name,
    finding,
    end,
    limit: limit ?? null,
    hop: hop?.names ?? null,
    recommendedInterval,
    present: settings
      ? { ServerAliveInterval: settings.interval, ServerAliveCountMax: settings.countMax, survives: survives ?? null }
      : null,
    directions: directions.map(
      ({ direction, lower, upper, connections, keepaliveInterval, tests, contradictions, reasons }) => ({
        speaksFirst: direction,
        aliveAfter: lower,
        droppedAfter: upper ?? null,
        connections,
        serverKeepaliveEvery: keepaliveInterval || null,
        tests,
        contradictions: contradictions.length,
        reasons: [...new Set(reasons)],
      }),
    ),
    seconds,
    max,
    replyTimeout,
    roundTrip: Number.isFinite(roundTrip) ? roundTrip : null,
    outages,
    refusal: refusal ?? null,
    exitCode,
  };
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
  return `${JSON.stringify(document, rounded, 2)}\n`;
}
