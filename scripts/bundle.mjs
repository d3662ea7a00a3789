// Bundles the command line into bin/cdk-ssh-keepalive.js, so that whoever installs the library installs nothing more.
// The AWS SDK goes into a file beside it, which is read only when Parameter Store is asked: V8 needs longer to scan it
// than Node.js needs to start.
import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const NAME = 'cdk-ssh-keepalive';
const SDK = `${NAME}.aws-sdk`;

/** The sources import each other by the names of the compiled files, which may be stale from an earlier build. */
const sources = {
  name: 'sources',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\..*\.js$/ }, ({ path, importer, resolveDir }) => {
      if (!importer.endsWith('.ts')) return undefined;
      if (path.endsWith('/aws-sdk.js')) return { path: `./${SDK}.js`, external: true };
      return { path: join(resolveDir, path.replace(/\.js$/, '.ts')) };
    }),
};

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  outdir: 'bin',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // The SDK's ES modules can be left out one by one.
  mainFields: ['module', 'main'],
  // As require(), which Node.js does without starting its loader of ES modules.
  supported: { 'dynamic-import': false },
  metafile: true,
  logLevel: 'warning',
};
const bundles = await Promise.all([
  build({
    ...common,
    entryPoints: { [NAME]: 'bin/cli/main.ts' },
    banner: { js: '#!/usr/bin/env node' },
    define: { VERSION: JSON.stringify(version) },
    plugins: [sources],
    // Names stay, so that a stack trace tells where it was.
    minifySyntax: true,
    minifyWhitespace: true,
  }),
  build({
    ...common,
    entryPoints: { [SDK]: 'bin/cli/shared/aws-sdk.ts' },
    // The SDK warns people whose Node.js its later versions will not support; this one does.
    define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
    minify: true,
  }),
]);
chmodSync(`${root}bin/${NAME}.js`, 0o755);

// The licenses of the bundled packages require that they are passed on.
const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
const packages = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
const bundled = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
  const files = readdirSync(`${root}${folder}`).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const text = files.map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8').trim()).join('\n\n');
  return { label: `${name} ${version}`, license, text };
});
const texts = new Map();
for (const { label, license, text } of bundled) {
  // Some packages of the SDK only name their license.
  const found = text || bundled.find((other) => other.license === license && other.text)?.text;
  if (!found) throw new Error(`${label} is bundled, but no text of its license ${license} was found to pass on.`);
  texts.set(found, [...(texts.get(found) ?? []), label]);
}
const rule = '-'.repeat(80);
const notices = [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${rule}\n`);
writeFileSync(`${root}bin/${NAME}.licenses.txt`, notices);
