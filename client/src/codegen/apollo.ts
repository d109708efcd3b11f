import type { HookedOperation } from './operations.ts'
import { createPlugin, toDocumentName, type HookSource } from './print-hooks.ts'

/**
 * Plug-in of GraphQL Code Generator that writes hooks for Apollo Client 4: `usePostsQuery`,
 * `usePostsSuspenseQuery`, `usePostsLazyQuery`, `useLoginMutation`, `useSessionEventsSubscription`.
 */
export const plugin = createPlugin('graphql-auth-gateway-client/react/apollo', listHooks)

function listHooks(operation: HookedOperation): HookSource[] {
  const { name, kind } = operation
  const common = { operation, args: toDocumentName(operation) }
  if (kind === 'mutation') return [{ ...common, name: `use${name}Mutation`, create: 'createMutationHook' }]
  if (kind === 'subscription')
    return [{ ...common, name: `use${name}Subscription`, create: 'createSubscriptionHook' }]
  return [
    { ...common, name: `use${name}Query`, create: 'createQueryHook' },
    { ...common, name: `use${name}SuspenseQuery`, create: 'createSuspenseQueryHook', form: 'with suspense' },
    { ...common, name: `use${name}LazyQuery`, create: 'createLazyQueryHook', form: 'sent when it is called' },
  ]
}
