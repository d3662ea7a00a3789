// Ctrl-C: ends the program, unless a command is in the middle of something that it has to end in order.

let handler: (() => void) | undefined;

/** From now on Ctrl-C calls this instead of ending the program, until the returned function is called. */
export function onInterruption(own: () => void): () => void {
  handler = own;
  return () => (handler = undefined);
}

/** Whether a command handles Ctrl-C itself. */
export function handleInterruption(): boolean {
  handler?.();
  return handler !== undefined;
}
