export * from '../generated/apollo.ts'
export * from '../hooks/apollo-hooks.ts'
