import type { HookedOperation } from './operations.ts'
import { createPlugin, toDocumentName, type HookSource } from './print-hooks.ts'

/**
 * Plug-in of GraphQL Code Generator that writes hooks for urql 5: `usePostsQuery`, `useLoginMutation`,
 * `useSessionEventsSubscription`.
 */
export const plugin = createPlugin('graphql-auth-gateway-client/react/urql', listHooks)

function listHooks(operation: HookedOperation): HookSource[] {
  const kind = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[operation.kind]
  return [
    {
      name: `use${operation.name}${kind}`,
      create: `create${kind}Hook`,
      args: toDocumentName(operation),
      operation,
    },
  ]
}
