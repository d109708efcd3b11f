export * from './graphql-request.ts'
export * from './tanstack-infinite-hooks.ts'
export * from './tanstack-query-hooks.ts'
