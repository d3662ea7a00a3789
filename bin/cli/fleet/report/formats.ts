// The results for programs: one JSON document, or CSV.
import type { Result } from '../results/state';
import { valuesOf } from '../deployment/deployment';
import { type Fleet, isOk, totals } from './report';

/** One JSON document; `fleet check|apply|remove --targets-file` reads its nodes. */
export function asJson(command: string, region: string, fleets: readonly Fleet[]): string {
  const document = {
    command,
    region,
    constructs: fleets.map(({ deployment, commandIds, unmatched }) => ({
      construct: deployment.construct,
      document: deployment.documentName,
      associations: deployment.associations.map(({ id, action, targets }) => ({ id, action, targets })),
      ClientAliveInterval: Number(valuesOf(deployment).interval),
      ClientAliveCountMax: Number(valuesOf(deployment).countMax),
      commandIds,
      unmatched,
    })),
    nodes: fleets.flatMap(({ deployment, results }) =>
      results.map((result) => nodeAsJson(result, deployment.construct)),
    ),
    totals: Object.fromEntries(totals(fleets)),
    ok: isOk(fleets),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function nodeAsJson({ node, state, detail, verdict, at }: Result, construct: string): object {
  const { id, name, ping, lastPing, platform, platformName, agent } = node;
  return { id, name, state, detail, construct, platform, platformName, agent, ping, lastPing, at, verdict };
}

const COLUMNS: readonly (readonly [string, (result: Result, construct: string) => string | undefined])[] = [
  ['id', ({ node }) => node.id],
  ['name', ({ node }) => node.name],
  ['state', ({ state }) => state],
  ['detail', ({ detail }) => detail],
  ['construct', (_, construct) => construct],
  ['platform', ({ node }) => node.platformName ?? node.platform],
  ['agent', ({ node }) => node.agent],
  ['ping', ({ node }) => node.ping],
  ['lastPing', ({ node }) => node.lastPing?.toISOString()],
  ['at', ({ at }) => at?.toISOString()],
  ['interval', ({ verdict }) => verdict?.interval],
  ['countMax', ({ verdict }) => verdict?.countMax],
  ['was', ({ verdict }) => verdict?.was],
  ['where', ({ verdict }) => verdict?.where],
  ['sshd', ({ verdict }) => verdict?.sshd],
  ['reason', ({ verdict }) => verdict?.reason],
];

/** RFC 4180, with a header. */
export function asCsv(fleets: readonly Fleet[]): string {
  const rows = fleets.flatMap(({ deployment, results }) =>
    results.map((result) => COLUMNS.map(([, value]) => cell(value(result, deployment.construct) ?? ''))),
  );
  return [COLUMNS.map(([name]) => name), ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A spreadsheet takes a cell that begins with one of these for a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
