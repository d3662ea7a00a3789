// Bundles the command line into bin/cdk-ssh-keepalive.js, so that whoever installs the library installs nothing more.
// The AWS SDK goes into a file beside it, which is read only when Parameter Store is asked: V8 needs longer to scan it
// than Node.js needs to start.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { billOfMaterials, bundledPackages, licensesOf } from './release/third-party.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
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
    define: { VERSION: JSON.stringify(manifest.version) },
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

const packages = bundledPackages(
  root,
  bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs)),
);
writeFileSync(`${root}bin/${NAME}.licenses.txt`, licensesOf(packages));
writeFileSync(`${root}bin/${NAME}.cdx.json`, billOfMaterials(manifest, packages));
