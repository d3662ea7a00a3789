// Draws a rehearsal as text: one lane per session, a dot for each keepalive, a cross where the path forgets.
import { COMBINATIONS, COMBINATION_NAMES, type Combination, type SessionResult } from './combinations';
import type { SessionEvent } from './recording';
import type { Style } from './style';

/** What is known of a session so far. */
export interface Lane {
  readonly events: readonly SessionEvent[];
  /** Undefined until the session was tried at the end. */
  readonly result: SessionResult | undefined;
}

const WIDTH = 50;
const LABEL_WIDTH = Math.max(...COMBINATION_NAMES.map((name) => COMBINATIONS[name].label.length));

/** Minutes and seconds, for example 5:00. */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** An axis and four lanes, drawn up to `elapsedSeconds`. Fits into 80 columns. */
export function drawLanes(
  lanes: Readonly<Record<Combination, Lane>>,
  elapsedSeconds: number,
  idleSeconds: number,
  style: Style,
): string[] {
  return [axis(idleSeconds, style), ...COMBINATION_NAMES.map((name) => line(name))];

  function line(name: Combination): string {
    const lane = lanes[name];
    const column = (seconds: number): number => Math.min(WIDTH, Math.round((seconds / idleSeconds) * WIDTH));
    const reached = column(elapsedSeconds);
    const forgotten = lane.events.find(({ type }) => type === 'path-forgets');
    const cells = Array.from({ length: reached + 1 }, (_, at) =>
      forgotten && at > column(forgotten.atSeconds) ? style.faint('·') : '─',
    );
    for (const { atSeconds, type } of lane.events) {
      cells[column(atSeconds)] = type === 'path-forgets' ? style.bad('x') : style.good('●');
    }
    const rest = ' '.repeat(WIDTH - reached);
    return `  ${COMBINATIONS[name].label.padEnd(LABEL_WIDTH)}  ${cells.join('')}${rest}  ${resultText(lane.result, style)}`.trimEnd();
  }
}

function axis(idleSeconds: number, style: Style): string {
  const marks = Array.from({ length: 6 }, (_, i) => minutes((i * idleSeconds) / 5));
  const step = WIDTH / 5;
  const text = marks.map((mark, i) => (i < 5 ? mark.padEnd(step) : mark)).join('');
  return style.faint(`  ${' '.repeat(LABEL_WIDTH)}  ${text}`);
}

function resultText(result: SessionResult | undefined, style: Style): string {
  if (result === undefined) return '';
  return result === 'alive' ? style.good(result) : style.bad(result);
}
