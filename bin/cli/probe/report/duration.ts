// Durations for people.

/** Such as `9.6 s`, `5 m 50 s`, `2 h`: below a minute with a decimal. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const;
  return (
    parts
      .filter(([n]) => n > 0)
      .map(([n, unit]) => `${n} ${unit}`)
      .join(' ') || '0 s'
  );
}

/** Such as `9.6 s` or `350 s`, as settings have it. */
export function inSeconds(seconds: number): string {
  return seconds < 60 ? duration(seconds) : `${Math.round(seconds)} s`;
}
