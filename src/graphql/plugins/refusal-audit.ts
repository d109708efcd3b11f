import type { ApolloServerPlugin } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { Kind, type GraphQLError } from 'graphql'
import type { Caller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { Context } from '../context.ts'

/** Refusals that say something about whoever asks: over a limit, or after what is not theirs. */
export type AuditedCode = 'RATE_LIMITED' | 'FORBIDDEN' | 'NOT_FOUND'

/** One kind of refusal within one request. */
export interface Refusal {
  readonly code: AuditedCode
  /** The field of the schema, never an alias; `request` where it was refused as a whole. */
  readonly field: string
  /** How often in this request. */
  readonly count: number
  readonly caller: Caller
}

/**
 * Hands every such refusal to the audit, whichever service, guard or limit it came from. A hundred aliases that are refused
 * alike are one fact with a count, so that no request can flood the trail.
 */
export function refusalAuditPlugin(record: (refusal: Refusal) => void): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue: { caller } }) {
          const refusals = new Map<string, Refusal>()
          for (const error of errors) {
            const code = codeOf(error)
            if (code === null) continue
            const field = fieldOf(error)
            const count = (refusals.get(`${code} ${field}`)?.count ?? 0) + 1
            refusals.set(`${code} ${field}`, { code, field, count, caller })
          }
          for (const refusal of refusals.values()) record(refusal)
        },
      }
    },
  }
}

function codeOf(error: GraphQLError): AuditedCode | null {
  const original = unwrapResolverError(error)
  if (!(original instanceof AuthError)) return null
  const { code } = original
  return code === 'RATE_LIMITED' || code === 'FORBIDDEN' || code === 'NOT_FOUND' ? code : null
}

function fieldOf({ nodes }: GraphQLError): string {
  const [node] = nodes ?? []
  return node?.kind === Kind.FIELD ? node.name.value : 'request'
}
