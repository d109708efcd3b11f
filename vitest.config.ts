import { defineConfig } from 'vitest/config'

/** Tests of pure code: no server, no child process, no build. */
const UNIT = [
  'test/architecture.test.ts',
  'test/{core,config,locales}/**/*.test.ts',
  'test/adapters/resilience/**/*.test.ts',
]
/** Tests through GraphQL in the test's own process, of adapters on real servers, and of documentation. */
const FEATURES = ['test/{adapters,composition,docs,features,graphql}/**/*.test.ts']

const shared = {
  // Everything externalised loads GraphQL's CommonJS build; two copies of it do not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
}
const options = { pool: 'forks', testTimeout: 90_000, hookTimeout: 60_000 } as const

export default defineConfig({
  test: {
    globalSetup: ['test/support/servers/shared-resources.ts'],
    maxWorkers: 2,
    projects: [
      { ...shared, test: { ...options, name: 'unit', include: UNIT } },
      { ...shared, test: { ...options, name: 'features', include: FEATURES, exclude: UNIT } },
      // Built gateways, sockets, browsers, and every test that no other project takes.
      {
        ...shared,
        test: {
          ...options,
          name: 'process',
          setupFiles: ['test/support/servers/require-build.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [...UNIT, ...FEATURES],
        },
      },
    ],
  },
})
