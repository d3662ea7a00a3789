// Every member of the public API is documented: what it is, its default, what it throws, an example and a source.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { ROOT } from './pages';

interface Docs {
  readonly summary?: string;
  readonly default?: string;
  readonly see?: string;
  readonly example?: string;
}

interface Member {
  readonly name: string;
  readonly optional?: boolean;
  readonly overrides?: string;
  readonly type?: { readonly fqn?: string; readonly primitive?: string };
  readonly docs?: Docs;
}

interface Type extends Member {
  readonly kind: 'class' | 'enum' | 'interface';
  readonly properties?: Member[];
  readonly methods?: Member[];
  readonly members?: Member[];
  readonly initializer?: Omit<Member, 'name'>;
}

const { types } = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as { types: Record<string, Type> };
const TYPES = Object.values(types);
const MEMBERS = TYPES.flatMap((type) =>
  [
    ...(type.properties ?? []),
    ...(type.methods ?? []),
    ...(type.members ?? []),
    ...(type.initializer ? [{ name: 'constructor', ...type.initializer }] : []),
  ].map((member) => ({ ...member, in: type, name: `${type.name}.${member.name}` })),
);

const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name);

/** The methods and constructors of exported classes that throw, directly or by a check of lib/validation/. */
function throwing(): { name: string; documented: boolean }[] {
  const files = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /^(settings\/)?[\w-]+\.ts$/.test(file));
  return files.flatMap((file) => {
    const text = readFileSync(join(ROOT, 'lib', file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    return source.statements.filter(ts.isClassDeclaration).flatMap((type) =>
      type.members
        .filter((member) => ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member))
        .filter(
          (member) => !/\b(private|protected)\b/.test(member.modifiers?.map((word) => word.getText()).join() ?? ''),
        )
        .map((member) => ({
          member,
          name: ts.isConstructorDeclaration(member) ? 'constructor' : member.name.getText(),
        }))
        .filter(
          ({ member, name }) =>
            !name.startsWith('_') && /\bthrow\b|\brequire[A-Z]\w*\(/.test(member.body?.getText() ?? ''),
        )
        .map(({ member, name }) => ({
          name: `${type.name?.getText()}.${name}`,
          documented: ts.getJSDocTags(member).some((tag) => tag.tagName.getText() === 'throws'),
        })),
    );
  });
}

test('The public API has types and members', () =>
  expect([TYPES.length > 20, MEMBERS.length > 80]).toEqual([true, true]));

test('Every type and member says what it is', () => {
  const silent = [...TYPES, ...MEMBERS].filter(({ docs, overrides }) => !docs?.summary && !overrides);
  expect(names(silent)).toEqual([]);
});

test('Every optional property says its default', () => {
  const optional = MEMBERS.filter((member) => member.in.kind === 'interface' && member.optional);
  expect(optional.length).toBeGreaterThan(20);
  expect(names(optional.filter(({ docs }) => !docs?.default))).toEqual([]);
});

test('Every time has a type with a unit', () => {
  const times = MEMBERS.filter(({ name }) => /(interval|timeout|after|seconds)$/i.test(name));
  expect(names(times).length).toBeGreaterThan(2);
  expect(
    names(times.filter(({ type }) => type?.fqn !== 'aws-cdk-lib.Duration' && type?.primitive !== 'boolean')),
  ).toEqual([]);
});

test('Every class has an example, and every type a source or an example', () => {
  const classes = TYPES.filter(({ kind }) => kind === 'class');
  expect(names(classes.filter(({ docs }) => !docs?.example))).toEqual([]);
  expect(names(TYPES.filter(({ docs }) => !docs?.see && !docs?.example))).toEqual([]);
});

test('Everything that throws says when', () => {
  const found = throwing();
  expect(found.length).toBeGreaterThan(10);
  expect(names(found.filter(({ documented }) => !documented))).toEqual([]);
});
