import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib';
import { EXAMPLES, load, synthesize } from './examples';
import { inWords } from './in-words';

const GOLDEN = join(__dirname, 'golden');

/** The template as it is written; the script in full in one example, and in the others only where it comes from. */
function bytes(name: string, template: object): string {
  const text = `${JSON.stringify(template, undefined, 1)}\n`;
  if (name === 'imported-instances') return text;
  return text
    .replace(/"runCommand": \[\n +"# cdk-ssh-keepalive: .*?\n +\]\n/s, '"runCommand": "lib/server/document.sh"\n')
    .replace(/"TemplateBody": ".*"/, '"TemplateBody": "bin/template/plain-template.ts"');
}

describe.each(EXAMPLES)('The example %s', (name) => {
  // Templates are API: whoever has a snapshot test of an app that uses this library sees every byte that changes here.
  // A change that is meant is written by GOLDEN=write, and told in CHANGELOG.md.
  it('has the templates that it had', () => {
    const templates = synthesize(load(name));
    for (const [stack, template] of Object.entries(templates)) {
      const file = join(GOLDEN, `${name}.${stack}.template.json`);
      if (process.env.GOLDEN === 'write') writeFileSync(file, bytes(name, template));
      expect(existsSync(file) ? '' : `${file} is missing; GOLDEN=write writes it`).toBe('');
      const golden = readFileSync(file, 'utf8');
      const now = bytes(name, template);
      expect(inWords(JSON.parse(golden) as object, JSON.parse(now) as object)).toBe('');
      expect(now).toBe(golden);
    }
    expect(Object.keys(templates)).not.toEqual([]);
    const files = Object.keys(templates).map((stack) => `${name}.${stack}.template.json`);
    expect(files.sort()).toEqual(
      readdirSync(GOLDEN)
        .filter((file) => file.startsWith(`${name}.`))
        .sort(),
    );
  });

  it('has no warning of ours', () => {
    const app = load(name);
    for (const stack of app.node.findAll().filter((node) => Stack.isStack(node))) {
      const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
      expect(warnings.filter(({ entry }) => (entry.data as string).includes('cdk-ssh-keepalive:'))).toEqual([]);
    }
  });
});
