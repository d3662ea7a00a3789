// Shows a rehearsal while it runs: on a terminal the lanes fill in place, elsewhere they are printed once at the end.
import { COMBINATION_NAMES, type Combination, type SessionResult } from './combinations';
import { type Lane, drawLanes } from './lanes';
import type { SessionEvent } from './recording';
import type { Style } from './style';

const REDRAW_MS = 100;

/** Where a display writes. */
export interface DisplayProps {
  readonly write: (text: string) => void;
  readonly style: Style;
  /** Whether lines can be redrawn in place. */
  readonly isTerminal: boolean;
}

interface MutableLane extends Lane {
  events: SessionEvent[];
  result: SessionResult | undefined;
}

/** Receives what happens, and draws it. */
export class Display {
  private readonly lanes = Object.fromEntries(
    COMBINATION_NAMES.map((name) => [name, { events: [], result: undefined }]),
  ) as unknown as Record<Combination, MutableLane>;
  private redraw: NodeJS.Timeout | undefined;
  private drawnLines = 0;

  constructor(private readonly props: DisplayProps) {}

  /** Prints a line above the lanes. */
  note(line = ''): void {
    this.props.write(`${line}\n`);
  }

  /** Starts to draw; `elapsed` returns the seconds of the rehearsal since now. */
  start(elapsed: () => number, idleSeconds: number): void {
    if (!this.props.isTerminal) return;
    const draw = (): void => this.draw(Math.min(elapsed(), idleSeconds), idleSeconds);
    draw();
    this.redraw = setInterval(draw, REDRAW_MS);
  }

  event(session: Combination, event: SessionEvent): void {
    this.lanes[session].events.push(event);
  }

  result(session: Combination, result: SessionResult): void {
    this.lanes[session].result = result;
  }

  /** Draws for the last time. */
  finish(idleSeconds: number): void {
    this.stop();
    this.draw(idleSeconds, idleSeconds);
  }

  /** Stops drawing, also after a failure. */
  stop(): void {
    clearInterval(this.redraw);
  }

  private draw(elapsedSeconds: number, idleSeconds: number): void {
    const lines = drawLanes(this.lanes, elapsedSeconds, idleSeconds, this.props.style);
    const back = this.drawnLines > 0 ? `\u001b[${this.drawnLines}A` : '';
    const clear = this.props.isTerminal ? '\u001b[K' : '';
    this.props.write(back + lines.map((line) => `${clear}${line}\n`).join(''));
    this.drawnLines = lines.length;
  }
}
