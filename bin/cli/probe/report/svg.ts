// The result as a picture: a lane for each direction, a dot for each test by the age of its connection, and the limit. It reads on
// light and on dark pages, because it has a background of its own that follows the reader's theme.
import type { Measurement, DirectionResult } from '../measurement/measure';
import type { TestResult } from '../schedule/results';
import type { Conclusion } from './conclusion';
import { duration } from './duration';
import { describeDirection } from './text';

const [WIDTH, TOP, LANE, LEFT, RIGHT] = [720, 72, 64, 170, 24];
const LEGEND = 52;
/** Of these, the axis has the first that leaves at most eight marks. */
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800];
const MOST_MARKS = 8;

const STYLE = `
.page { fill: #ffffff; stroke: #d1d9e0 } .text { fill: #1f2328 } .faint { fill: #59636e } .line { stroke: #818b98 }
.good { fill: #1a7f37 } .bad { stroke: #cf222e } .band { fill: #cf222e; opacity: 0.15 } .limit { fill: #cf222e }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #3d444d } .text { fill: #f0f6fc } .faint { fill: #9198a1 } .line { stroke: #656c76 }
.good { fill: #3fb950 } .bad { stroke: #f85149 } .band { fill: #f85149 } .limit { fill: #f85149 }
}`;

/** The picture. */
export function asSvg(name: string, measurement: Measurement, { limit }: Conclusion): string {
  const { directions } = measurement;
  const oldest = Math.max(1, ...directions.flatMap(({ tests }) => tests.map(({ age }) => age)));
  const x = (age: number): number => round(LEFT + (age / oldest) * (WIDTH - LEFT - RIGHT));
  const bottom = TOP + directions.length * LANE;
  const height = bottom + LEGEND;
  const title = `${name}: ${directions.map((one) => `${one.direction} speaks first: ${describeDirection(one, measurement)}`).join('; ')}.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">${escaped(title)}</title>
<style>${STYLE}
</style>
<rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
<g font-family="-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" font-size="15">
<text class="text" x="20" y="30" font-size="17" font-weight="600">${escaped(name)}</text>
<text class="limit" x="${WIDTH - RIGHT}" y="30" text-anchor="end" font-size="17" font-weight="600">${limit === undefined ? '' : `idle limit ${escaped(duration(limit))}`}</text>
${marks(oldest, x, bottom)}
${directions.map((one, index) => lane(one, x, TOP + index * LANE + LANE / 2)).join('\n')}
<circle class="good" cx="${LEFT}" cy="${height - 22}" r="5"/>
<text class="faint" x="${LEFT + 12}" y="${height - 17}">answered after that silence</text>
${cross(LEFT + 236, height - 22)}
<text class="faint" x="${LEFT + 250}" y="${height - 17}">dropped</text>
<rect class="band" x="${LEFT + 340}" y="${height - 30}" width="16" height="16"/>
<text class="faint" x="${LEFT + 364}" y="${height - 17}">here is the limit</text>
</g>
</svg>
`;
}

function marks(oldest: number, x: (age: number) => number, bottom: number): string {
  const step = STEPS.find((one) => oldest / one <= MOST_MARKS) ?? 3600;
  const ages = Array.from({ length: Math.floor(oldest / step) + 1 }, (_, index) => index * step);
  return ages
    .map(
      (age) =>
        `<text class="faint" x="${x(age)}" y="58" text-anchor="middle">${age === 0 ? '0' : escaped(duration(age))}</text>` +
        `<path class="line" d="M${x(age)} 66V${bottom}" opacity="0.35"/>`,
    )
    .join('\n');
}

function lane({ direction, tests, lower, upper }: DirectionResult, x: (age: number) => number, y: number): string {
  const band =
    upper === undefined
      ? ''
      : `<rect class="band" x="${x(lower)}" y="${y - 22}" width="${Math.max(2, round(x(upper) - x(lower)))}" height="44"/>`;
  const mark = ({ age, outcome }: TestResult): string =>
    outcome === 'alive' ? `<circle class="good" cx="${x(age)}" cy="${y}" r="5"/>` : cross(x(age), y);
  return [
    `<text class="text" x="20" y="${y + 5}">${direction} speaks first</text>`,
    `<path class="line" d="M${LEFT} ${y}H${WIDTH - RIGHT}" stroke-width="2"/>`,
    band,
    ...tests.map(mark),
  ].join('\n');
}

function cross(x: number, y: number): string {
  return `<path class="bad" d="M${round(x - 5)} ${y - 5}l10 10m0 -10l-10 10" stroke-width="3" stroke-linecap="round" fill="none"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
