export * from '../generated/tanstack-query.ts'
export * from '../hooks/tanstack-hooks.ts'
