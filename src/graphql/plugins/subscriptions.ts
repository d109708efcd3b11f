import { HeaderMap } from '@apollo/server'
import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'

/**
 * Hands subscriptions over to `Context.takeSubscription` after every check of documents and variables: Apollo
 * would execute them once, like queries. Its own response to a subscription is not sent.
 */
export function handOverSubscriptions(): RequestPart {
  const hooks: RequestHooks = {
    didResolveOperation({ operation, contextValue }) {
      if (operation?.operation === OperationTypeNode.SUBSCRIPTION && !contextValue.takeSubscription)
        throw new GraphQLError('Subscriptions require an event stream or a WebSocket.', {
          extensions: { code: 'BAD_REQUEST', reason: 'SUBSCRIPTION_OVER_HTTP', http: { status: 400 } },
        })
    },
    responseForOperation({ document, operationName, request, contextValue }) {
      // Apollo calls this for a document without the operation of this name, too.
      const operation = getOperationAST(document, operationName)
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return null
      contextValue.takeSubscription?.({ document, operationName, variables: request.variables ?? {} })
      return {
        http: { headers: new HeaderMap() },
        body: { kind: 'single' as const, singleResult: { data: null } },
      }
    },
  }
  return () => hooks
}
