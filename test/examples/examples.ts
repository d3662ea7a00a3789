// The examples: which there are, and what they synthesize. Each is a complete app that exports it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';

const FOLDER = join(__dirname, '../../examples');

/** The names of all examples. */
export const EXAMPLES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

/** A template by the id of its stack. */
export type Templates = Record<string, object>;

/** The templates of an app. */
export function synthesize(app: App): Templates {
  return Object.fromEntries(
    app
      .synth()
      .stacks.map((stack) => [stack.displayName, JSON.parse(readFileSync(stack.templateFullPath, 'utf8')) as object]),
  );
}

/** The app of an example. */
export function load(name: string): App {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the name is only known here
  return (require(join(FOLDER, name)) as { app: App }).app;
}
