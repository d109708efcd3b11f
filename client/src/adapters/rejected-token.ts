import { authError } from '../errors/auth-error.ts'

/**
 * Whether the gateway rejected the access token of an operation, and executed nothing. `outcome`: a result
 * with errors, or what a library threw.
 */
export function isTokenRejected(outcome: unknown): boolean {
  const { data } = (outcome ?? {}) as { readonly data?: Readonly<Record<string, unknown>> | null }
  const isExecuted = Object.values(data ?? {}).some((value) => value !== null && value !== undefined)
  return !isExecuted && authError(outcome)?.code === 'UNAUTHENTICATED'
}
