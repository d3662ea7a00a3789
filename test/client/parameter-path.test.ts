import { parameterName, requireParameterPath } from '../../lib/client/parameter-path';

const requirePath =
  (path: string, parts = 1) =>
  () =>
    requireParameterPath('It', path, parts);
const root = '/cdk-ssh-keepalive';

test('parts are numbered below the path', () => {
  expect(parameterName(`${root}/a`, 2)).toBe('/cdk-ssh-keepalive/a/2');
});

test.each(['a', 'Team-A', 'a/b/c', 'a_b.c-d', 'a/1'])('a path may be /cdk-ssh-keepalive/%s', (path) => {
  expect(requirePath(`${root}/${path}`)).not.toThrow();
});

test.each(['', '/', '/aws/x', 'cdk-ssh-keepalive/a', root, '/cdk-ssh-keepalive-2/a', ` ${root}/a`])(
  "'%s' is not below /cdk-ssh-keepalive/",
  (path) => {
    expect(requirePath(path)).toThrow(
      new Error(`It must begin with /cdk-ssh-keepalive/, got: '${path}'. For example /cdk-ssh-keepalive/team-a.`),
    );
  },
);

test.each(['/', '//a', '/a/', '/a//b', '/a b', '/ä', '/a*', '/{{a}}', '/a$b'])('%s is no name below it', (path) => {
  expect(requirePath(`${root}${path}`)).toThrow(
    'It must be names of letters, digits and _ . - with one / between them and none at the end, ' +
      `got: '${root}${path}'. For example /cdk-ssh-keepalive/team-a.`,
  );
});

test('a parameter has at most 15 levels, of which the part is one', () => {
  expect(requirePath(root + '/a'.repeat(13))).not.toThrow();
  expect(requirePath(root + '/a'.repeat(14))).toThrow('It must have at most 14 levels, got: ');
});

test('a parameter has at most 1011 characters, with the number of the last part', () => {
  const path = `${root}/${'a'.repeat(1009 - root.length - 1)}`;
  expect(requirePath(path)).not.toThrow();
  expect(requirePath(path, 9)).not.toThrow();
  expect(requirePath(path, 10)).toThrow('It must have at most 1008 characters, got: ');
  expect(requirePath(`${path}a`)).toThrow('It must have at most 1009 characters, got: ');
});
