import eslint from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/*.d.ts',
      'lib/**/*.js',
      'bin/**/*.js',
      'examples/**/*.js',
      'test/integ/*.snapshot/',
      // Needs newer peers than the installed ones.
      'test/newest/',
      'lib/server/scripts.ts',
      'dist/',
      '.cache/',
      'cdk.out/',
    ],
  },
  { files: ['**/*.{ts,mjs}'], extends: [eslint.configs.recommended] },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    // A plain file beside the compiled library, because jsii compiles what it finds in lib/.
    files: ['jest.js'],
    extends: [eslint.configs.recommended],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // `||` on strings is intended: an empty string counts as absent.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['lib/**/*.ts'],
    extends: [jsdoc.configs['flat/recommended-typescript-error']],
    settings: { jsdoc: { tagNamePreference: { default: 'default' } } },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { ClassDeclaration: true, MethodDefinition: true, FunctionDeclaration: true },
          contexts: ['TSInterfaceDeclaration', 'TSEnumDeclaration', 'TSPropertySignature', 'PropertyDefinition'],
        },
      ],
      // Names and types document parameters and results.
      'jsdoc/require-param': 'off',
      'jsdoc/require-returns': 'off',
      'jsdoc/require-throws-type': 'off',
      'jsdoc/tag-lines': ['error', 'any', { startLines: 1 }],
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/unbound-method': 'off' } },
);
