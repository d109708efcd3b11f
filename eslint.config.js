import tseslint from 'typescript-eslint'
import { houseRules } from './eslint-rules.js'

const clock = "CallExpression[callee.object.name='Date'][callee.property.name='now']"
const newDate = "NewExpression[callee.name='Date'][arguments.length=0]"

/** Severity of the rules of `eslint-rules.js`. */
const HOUSE_RULES = 'error'

export default tseslint.config(
  {
    ignores: [
      'bench/peers/',
      ...['dist', 'data', 'coverage', 'src/generated', 'test/generated', 'src/http/ide-*.js'],
      ...['client/dist', 'client/src/generated', 'web/dist', 'web/src/generated'],
      'src/features/notifications/templates/compiled-templates.ts',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'tools/commitlint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Adapters in memory return promises without awaiting anything.
      '@typescript-eslint/require-await': 'off',
      // TypeGraphQL's types use `Function`.
      '@typescript-eslint/no-unsafe-function-type': 'off',
      // A leading underscore marks a value that is destructured to omit it.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 250, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/main.ts reads the environment.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: clock, message: 'Time is injected.' },
        { selector: newDate, message: 'Time is injected.' },
        {
          selector: 'MemberExpression[property.name=/^\\$(query|execute)RawUnsafe$/]',
          message: 'SQL takes parameters.',
        },
        { selector: 'Literal[value=/^\\$(query|execute)RawUnsafe$/]', message: 'SQL takes parameters.' },
        {
          selector: "MemberExpression[object.name='Prisma'][property.name='raw']",
          message: 'SQL takes parameters.',
        },
      ],
    },
  },
  { plugins: { house: houseRules } },
  {
    files: ['{src,test,scripts,bench,client,web}/**/*.{ts,tsx}', 'src/**/*.js', '*.js'],
    rules: { 'house/comment-width': HOUSE_RULES },
  },
  {
    files: ['{src,client/src,web/src}/**/*.{ts,tsx}'],
    rules: {
      'house/no-ambient-random': HOUSE_RULES,
      'house/no-module-state': HOUSE_RULES,
      'house/verb-names': HOUSE_RULES,
    },
  },
  // An adapter is one closure of many small functions, and the services are one list.
  {
    files: ['src/adapters/**/*.ts', 'src/composition/services.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 100, skipComments: true, skipBlankLines: true }] },
  },
  { files: ['src/main.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['{test,bench,client/test,web/test}/**'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  // What vitest.config.ts calls a unit test.
  {
    files: ['test/{core,config,locales}/**', 'test/adapters/resilience/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/support/backends.ts', '**/support/gateway.ts', '**/support/servers/*'],
              message:
                'A unit test needs no gateway and no server. Tests through GraphQL are in test/graphql and test/features.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['*.js', 'tools/*.js', 'tools/federation/*.js', 'deploy/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
  },
)
