import tseslint from 'typescript-eslint'

const clock = "CallExpression[callee.object.name='Date'][callee.property.name='now']"
const newDate = "NewExpression[callee.name='Date'][arguments.length=0]"

export default tseslint.config(
  {
    ignores: [
      ...['dist', 'data', 'coverage', 'src/generated', 'test/generated', 'src/http/ide-start.js'],
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
      // Adapters in memory answer promises without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      // TypeGraphQL's own types speak of `Function`.
      '@typescript-eslint/no-unsafe-function-type': 'off',
      // A leading underscore says that a value is taken out in order to be left behind.
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
  // An adapter is one closure of many small functions, and the services are one list.
  {
    files: ['src/adapters/**/*.ts', 'src/composition/services.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 100, skipComments: true, skipBlankLines: true }] },
  },
  { files: ['src/main.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['test/**', 'bench/**'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
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
  { files: ['*.js', 'tools/*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
