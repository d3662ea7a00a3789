// docs/languages.md has the apps that test/languages runs, and the names that package.json gives the packages.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, codeBlocks, read, table } from './pages';

const PAGE = 'docs/languages.md';
const APPS = join(ROOT, 'test', 'languages');

const { name, version, jsii } = JSON.parse(read('package.json')) as {
  name: string;
  version: string;
  jsii: {
    targets: {
      python: { distName: string; module: string };
      java: { package: string; maven: { groupId: string; artifactId: string } };
      dotnet: { packageId: string };
      go: { moduleName: string; packageName: string };
    };
  };
};

test('Each file of an app of test/languages is on the page as it is', () => {
  const onPage = codeBlocks(PAGE).filter(({ kind }) => kind === 'file');
  const folders = readdirSync(APPS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = folders.flatMap((folder) =>
    readdirSync(join(APPS, folder.name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'go.sum')
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(APPS.length + 1)
          .replaceAll('\\', '/'),
      ),
  );
  expect(onPage.map((block) => block.name).sort()).toEqual(files.sort());
  for (const block of onPage) expect(block.code).toBe(readFileSync(join(APPS, block.name), 'utf8'));
});

test('The table has the names of the packages in package.json', () => {
  const { python, java, dotnet, go } = jsii.targets;
  const rows = Object.values(table(PAGE, '## Build the packages'));
  expect(rows.map(([packageName]) => packageName)).toEqual([
    name,
    `${python.distName}, module ${python.module}`,
    `${java.maven.groupId}:${java.maven.artifactId}`,
    `${go.moduleName}/${go.packageName}`,
    dotnet.packageId,
  ]);
  const files = rows.map((cells) => cells[2]);
  expect(files.slice(0, 2)).toEqual([
    `js/${name}@${version}.jsii.tgz`,
    `python/${python.module}-${version}-py3-none-any.whl`,
  ]);
});
