import { defineConfig } from 'vitest/config'

/** Tests of pure code: no server, no child process, no build. */
const UNIT = [
  'test/architecture.test.ts',
  'test/{core,config,locales}/**/*.test.ts',
  'test/adapters/resilience/**/*.test.ts',
]
/**
 * Tests through GraphQL in the test's own process, of adapters on real servers, and of documentation. The test
 * that measures the memory of its process needs a process of its own.
 */
const FEATURES = [
  'test/{adapters,composition,docs,graphql}/**/*.test.ts',
  'test/features/!(limits-memory).test.ts',
]

const shared = {
  // Everything externalised loads GraphQL's CommonJS build; two copies of it do not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
}
/**
 * A wait that ran out, in a test, in an adapter or in the gateway in the middle of many calls, says that the
 * machine was slow: CI tries such a test again, twice at most, and reports it as retried. Without any of these, a test that
 * found a wrong value fails at once.
 */
const SLOW =
  /condition not met within|timeout expired|timed out in \d+ms|Timeout \d+ms exceeded|\d+ calls refused as unavailable|cannot process the request now/
const retry = process.env.CI ? { count: 2, condition: SLOW } : 0
const options = {
  pool: 'forks',
  testTimeout: 90_000,
  hookTimeout: 60_000,
  retry,
  // By default a matcher that is polled fails after a second.
  expect: { poll: { timeout: 20_000 } },
} as const
/**
 * Files of a worker share its modules, which halves the processor time of a file: most of it is the import of
 * the application. Safe because no module has state (lint rule `no-module-state`).
 */
const inProcess = { ...options, isolate: false } as const

export default defineConfig({
  test: {
    globalSetup: ['test/support/servers/shared-resources.ts'],
    maxWorkers: 2,
    projects: [
      { ...shared, test: { ...inProcess, name: 'unit', include: UNIT } },
      {
        ...shared,
        test: {
          ...inProcess,
          name: 'features',
          setupFiles: ['test/support/report-unavailable.ts'],
          include: FEATURES,
          exclude: UNIT,
        },
      },
      { ...shared, test: { ...options, name: 'client', include: ['client/test/**/*.test.{ts,tsx}'] } },
      {
        ...shared,
        test: {
          ...options,
          name: 'web',
          setupFiles: ['test/support/servers/require-build.ts', 'test/support/report-unavailable.ts'],
          include: ['web/test/**/*.test.ts'],
        },
      },
      // Built gateways, sockets, browsers, and every test that no other project takes.
      {
        ...shared,
        test: {
          ...options,
          name: 'process',
          setupFiles: ['test/support/servers/require-build.ts', 'test/support/report-unavailable.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [...UNIT, ...FEATURES],
        },
      },
    ],
  },
})
