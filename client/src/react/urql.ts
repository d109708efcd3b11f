export * from '../generated/urql.ts'
export * from '../hooks/urql-hooks.ts'
