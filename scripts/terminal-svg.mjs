// Draws the screen of a terminal as SVG: lines, bold, and a few colors.

const COLORS = {
  1: 'font-weight="bold"',
  2: 'fill="#8b949e"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  36: 'fill="#79c0ff"',
};
const [CHARACTER, LINE, MARGIN] = [8.43, 20, 24];

/** The picture of these lines; the title is for those who cannot see it. */
export function terminalSvg(title, lines) {
  const columns = Math.max(...lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, '').length)); // eslint-disable-line no-control-regex
  const [width, height] = [Math.ceil(columns * CHARACTER) + 2 * MARGIN, lines.length * LINE + 2 * MARGIN];
  const text = lines.map(
    (line, index) => `<text x="${MARGIN}" y="${MARGIN + 14 + index * LINE}">${spans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${text.join('\n')}
</g>
</svg>
`;
}

/** A line's escape sequences as spans. */
function spans(line) {
  let style = '';
  return line
    .split(/\u001b\[(\d+)m/) // eslint-disable-line no-control-regex -- that is what a terminal's colors are
    .map((part, index) => {
      if (index % 2 === 1) style = COLORS[part] ?? '';
      else if (part) return `<tspan ${style}>${escapeXml(part)}</tspan>`.replace(' >', '>');
      return '';
    })
    .join('');
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
