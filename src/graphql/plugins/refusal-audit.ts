import { unwrapResolverError } from '@apollo/server/errors'
import { Kind, type GraphQLError } from 'graphql'
import type { Caller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'

/** Codes that are audited: a limit was reached, or access was denied. */
export type AuditedCode = 'RATE_LIMITED' | 'FORBIDDEN' | 'NOT_FOUND'

/** The refusals of one request with the same code and field. */
export interface Refusal {
  readonly code: AuditedCode
  /** The field of the schema, never an alias; `request` if the whole request was refused. */
  readonly field: string
  /** Number of refusals. */
  readonly count: number
  readonly caller: Caller
}

/**
 * Records refusals for the audit trail. Equal refusals of one request are one record with a count, so that a
 * request with a hundred aliases cannot flood the trail.
 */
export function auditRefusals(record: (refusal: Refusal) => void): RequestPart {
  const hooks: RequestHooks = {
    didEncounterErrors({ errors, contextValue: { caller } }) {
      const refusals = new Map<string, Refusal>()
      for (const error of errors) {
        const code = readAuditedCode(error)
        if (code === null) continue
        const field = readFieldName(error)
        const count = (refusals.get(`${code} ${field}`)?.count ?? 0) + 1
        refusals.set(`${code} ${field}`, { code, field, count, caller })
      }
      for (const refusal of refusals.values()) record(refusal)
    },
  }
  return () => hooks
}

function readAuditedCode(error: GraphQLError): AuditedCode | null {
  const original = unwrapResolverError(error)
  if (!(original instanceof AuthError)) return null
  const { code } = original
  return code === 'RATE_LIMITED' || code === 'FORBIDDEN' || code === 'NOT_FOUND' ? code : null
}

function readFieldName({ nodes }: GraphQLError): string {
  const [node] = nodes ?? []
  return node?.kind === Kind.FIELD ? node.name.value : 'request'
}
