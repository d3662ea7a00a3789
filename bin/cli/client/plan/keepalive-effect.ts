// Whether our keepalive would have an effect below the lines of the user. The first value wins, so a value of the user
// for every host leaves none.
import { type Setting, isForEverybody, isZero } from '../ssh-config/keepalive';

/** What the user's own lines for every host make of our keepalive. */
export interface KeepaliveEffect {
  /**
   * `installed`: ours is in force for at least some hosts. `already set`: the lines set the same values. `own values`: they
   * set others. `off`: they turn keepalive off. `ends sessions`: they set ServerAliveCountMax 0, which with our interval
   * would end healthy sessions.
   */
  readonly kind: 'installed' | 'already set' | 'own values' | 'off' | 'ends sessions';
  /** The lines; empty where ours is installed. */
  readonly lines: readonly Setting[];
}

/** The effect of these values below those lines. */
export function keepaliveEffect(
  settings: readonly Setting[],
  ours: { readonly interval: number; readonly countMax: number },
): KeepaliveEffect {
  const general = settings.filter(({ condition }) => isForEverybody(condition));
  const interval = general.find(({ keyword }) => keyword === 'serveraliveinterval');
  const countMax = general.find(({ keyword }) => keyword === 'serveralivecountmax');
  if (interval && isZero(interval)) return { kind: 'off', lines: [interval] };
  if (countMax && isZero(countMax)) return { kind: 'ends sessions', lines: [countMax] };
  if (!interval || !countMax) return { kind: 'installed', lines: [] };
  const isSame = Number(interval.args[0]) === ours.interval && Number(countMax.args[0]) === ours.countMax;
  return { kind: isSame ? 'already set' : 'own values', lines: [interval, countMax] };
}
