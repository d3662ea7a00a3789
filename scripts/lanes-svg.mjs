// Draws the JSON of a rehearsal as SVG: a lane for each session, a dot for each keepalive, a break where the path forgets. The
// axis has minutes, or seconds where the whole takes less than a minute.

const [WIDTH, LANE_HEIGHT, TOP, LEFT, RIGHT] = [640, 58, 44, 144, 124];
const THEMES = {
  light: { text: '#1f2328', faint: '#59636e', line: '#818b98', good: '#1a7f37', bad: '#cf222e' },
  dark: { text: '#f0f6fc', faint: '#9198a1', line: '#656c76', good: '#3fb950', bad: '#f85149' },
};

const MINUTES = { name: 'minutes', label: 'min', seconds: 60, step: 1 };
const SECONDS = { name: 'seconds', label: 's', seconds: 1, step: 3 };
const unitOf = ({ idleSeconds }) => (idleSeconds < 60 ? SECONDS : MINUTES);

/** One sentence that says what the picture shows. */
export function describeLanes(recording) {
  const { sessions, idleSeconds, path, sshd } = recording;
  const unit = unitOf(recording);
  const results = sessions.map(({ label, result }) => `${label}: ${result}`).join(', ');
  return (
    `Four SSH sessions to ${sshd}, idle for ${idleSeconds / unit.seconds} ${unit.name} on a path that forgets a connection after ` +
    `${path.forgetsAfterSeconds / unit.seconds} ${unit.name} of silence. ${results}.`
  );
}

/** The picture in the theme `light` or `dark`. */
export function lanesSvg(recording, theme) {
  const color = THEMES[theme];
  const { sessions, idleSeconds } = recording;
  const height = TOP + sessions.length * LANE_HEIGHT + 44;
  const x = (seconds) => LEFT + (seconds / idleSeconds) * (WIDTH - LEFT - RIGHT);
  const round = (number) => Number(number.toFixed(1));

  const unit = unitOf(recording);
  const marks = Array.from({ length: Math.floor(idleSeconds / unit.seconds / unit.step) + 1 }, (_, index) => {
    const mark = index * unit.step;
    const at = round(x(mark * unit.seconds));
    return (
      `<text x="${at}" y="24" text-anchor="middle" fill="${color.faint}" font-size="16">${mark} ${unit.label}</text>` +
      `<path d="M${at} 34V${height - 48}" stroke="${color.line}" stroke-width="1" opacity="0.35"/>`
    );
  });
  const lanes = sessions.map(({ label, result, events }, index) => {
    const y = TOP + index * LANE_HEIGHT + LANE_HEIGHT / 2;
    const forgotten = events.find(({ type }) => type === 'path-forgets');
    const end = round(x(forgotten?.atSeconds ?? idleSeconds));
    const lost = forgotten
      ? `<path d="M${end} ${y}H${x(idleSeconds)}" stroke="${color.line}" stroke-width="3" stroke-dasharray="2 8"/>` +
        `<path d="M${end - 8} ${y - 8}l16 16m0 -16l-16 16" stroke="${color.bad}" stroke-width="4" stroke-linecap="round"/>`
      : '';
    const dots = events
      .filter(({ type }) => type !== 'path-forgets')
      .map(({ atSeconds }) => `<circle cx="${round(x(atSeconds))}" cy="${y}" r="7" fill="${color.good}"/>`);
    return [
      `<text x="8" y="${y + 6}" fill="${color.text}" font-size="19">${label}</text>`,
      `<path d="M${LEFT} ${y}H${end}" stroke="${color.line}" stroke-width="3"/>${lost}`,
      ...dots,
      `<text x="${WIDTH - RIGHT + 16}" y="${y + 7}" font-size="20" font-weight="600" fill="${result === 'alive' ? color.good : color.bad}">${result}</text>`,
    ].join('\n');
  });
  const legendY = height - 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">${describeLanes(recording)}</title>
<g font-family="-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" fill="none">
${marks.join('\n')}
${lanes.join('\n')}
<circle cx="${LEFT + 8}" cy="${legendY - 6}" r="7" fill="${color.good}"/>
<text x="${LEFT + 24}" y="${legendY}" fill="${color.faint}" font-size="16">keepalive</text>
<path d="M${LEFT + 128} ${legendY - 12}l12 12m0 -12l-12 12" stroke="${color.bad}" stroke-width="4" stroke-linecap="round"/>
<text x="${LEFT + 152}" y="${legendY}" fill="${color.faint}" font-size="16">the path forgets the connection</text>
</g>
</svg>
`;
}
