// `probe HOST`: measures the path, shows what is known meanwhile, and prints what it means.
import { onInterruption } from '../../shared/interruption';
import { type Platform, thisPlatform } from '../../shared/platform';
import type { LiveTerminal } from '../../shared/terminal';
import type { Path } from '../connections/path';
import { SshPath } from '../connections/ssh-path';
import { readSshSettings } from '../connections/ssh-settings';
import { TcpPath } from '../connections/tcp-path';
import { connectionsFor, measure } from '../measurement/measure';
import { conclude } from '../report/conclusion';
import { duration } from '../report/duration';
import { asJson } from '../report/json';
import { ProgressLine } from '../report/progress';
import { asSvg } from '../report/svg';
import { type Subject, text } from '../report/text';
import { checkPicture, writePicture } from './picture-file';
import type { ProbeRequest } from './request';

/** Measures until the limit is known; Ctrl-C ends it with what is known. */
export async function probe(
  request: ProbeRequest,
  terminal: LiveTerminal,
  platform: Platform = thisPlatform(),
): Promise<number> {
  const { json, max, replyTimeout, svg } = request;
  if (svg !== undefined) checkPicture(svg);
  const { path, ...subject } = await openPath(request, platform);
  const interruption = new AbortController();
  const restore = onInterruption(() => {
    // At the second time, without waiting for the server.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
  try {
    if (!json)
      terminal.note(
        `${path.name}: opening ${connectionsFor(max)} connections, at most ${duration(max)} of silence; Ctrl-C ends with what is known`,
      );
    const progress = new ProgressLine(terminal);
    const measurement = await measure(
      path,
      { max, replyTimeout },
      { signal: interruption.signal, onProgress: (known) => void (json || progress.show(known)) },
    );
    const conclusion = conclude(measurement, subject.settings);
    if (svg !== undefined) writePicture(svg, asSvg(path.name, measurement, conclusion));
    terminal.out(
      json ? asJson(measurement, conclusion, subject) : text(measurement, conclusion, subject, terminal.color),
    );
    return conclusion.exitCode;
  } finally {
    await path.close();
    restore();
  }
}

async function openPath(
  { target, config }: ProbeRequest,
  platform: Platform,
): Promise<Subject & { readonly path: Path }> {
  if (target.kind === 'tcp') {
    const path = new TcpPath(target.host, target.port);
    return { path, name: path.name, host: undefined, settings: undefined };
  }
  const { host } = target;
  const configOption = config === undefined ? [] : ['-F', config];
  const settings = await readSshSettings(host, configOption, platform);
  const path = new SshPath(host, configOption, settings);
  return { path, name: path.name, host, settings };
}
