import type { HookedOperation } from './operations.ts'
import { createPlugin, toDocumentName, type HookSource } from './print-hooks.ts'

/**
 * Plug-in of GraphQL Code Generator that writes hooks for TanStack Query 5: `usePostsQuery`,
 * `usePostsSuspenseQuery`, `useLoginMutation`, and `usePostsInfiniteQuery` for a query whose root field is a
 * Relay connection with `after: $variable` and `pageInfo { hasNextPage endCursor }`. Subscriptions have no
 * hook: TanStack Query has none.
 */
export const plugin = createPlugin('graphql-auth-gateway-client/react/tanstack-query', listHooks)

function listHooks(operation: HookedOperation): HookSource[] {
  const { name, kind, connection } = operation
  const args = `'${name}', ${toDocumentName(operation)}`
  const common = { operation, args }
  if (kind === 'subscription') return []
  if (kind === 'mutation') return [{ ...common, name: `use${name}Mutation`, create: 'createMutationHook' }]
  return [
    { ...common, name: `use${name}Query`, create: 'createQueryHook' },
    { ...common, name: `use${name}SuspenseQuery`, create: 'createSuspenseQueryHook', form: 'with suspense' },
    ...(connection
      ? [
          {
            operation,
            name: `use${name}InfiniteQuery`,
            create: 'createInfiniteQueryHook',
            args: `${args}, '${connection.cursor}', (page) => page.${connection.field}.pageInfo`,
            form: 'page by page',
          },
        ]
      : []),
  ]
}
