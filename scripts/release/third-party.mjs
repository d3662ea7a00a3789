// What the bundled command line contains of other packages: their licenses, which must be passed on, and a software bill of
// materials in CycloneDX, with which users can look for known vulnerabilities.
import { Buffer } from 'node:buffer';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The packages of which esbuild put a file into a bundle, by the paths of those files. */
export function bundledPackages(root, inputs) {
  const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return { name, version, license, folder: join(root, folder), integrity: packages[folder].integrity };
  });
}

/** Each license once, below the names of the packages that have it. */
export function licensesOf(packages) {
  const withText = packages.map((bundled) => ({ ...bundled, text: licenseText(bundled.folder) }));
  const texts = new Map();
  for (const { name, version, license, text } of withText) {
    // Some packages of the SDK only name their license.
    const found = text || withText.find((other) => other.license === license && other.text)?.text;
    if (!found)
      throw new Error(`${name} ${version} is bundled, but no text of its license ${license} was found to pass on.`);
    texts.set(found, [...(texts.get(found) ?? []), `${name} ${version}`]);
  }
  return [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n`);
}

function licenseText(folder) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  return files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
}

/**
 * The packages as a bill of materials, with the checksums of their archives in the registry.
 *
 * Without a time and a serial number, so that two builds of one commit are equal.
 */
export function billOfMaterials({ name, version, license, description }, packages) {
  const component = (bundled) => ({
    type: 'library',
    'bom-ref': `${bundled.name}@${bundled.version}`,
    name: bundled.name,
    version: bundled.version,
    // An expression such as `MIT OR Apache-2.0` is no identifier.
    licenses: [/ /.test(bundled.license) ? { expression: bundled.license } : { license: { id: bundled.license } }],
    purl: `pkg:npm/${bundled.name.replace('@', '%40')}@${bundled.version}`,
  });
  const checksum = (integrity) => Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...component({ name, version, license }), description } },
    components: packages.map((bundled) => ({
      ...component(bundled),
      hashes: [{ alg: 'SHA-512', content: checksum(bundled.integrity) }],
    })),
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}
