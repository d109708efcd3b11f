import {
  makeErrorResult,
  makeOperation,
  type Exchange,
  type Operation,
  type OperationResult,
} from '@urql/core'
import { filter, fromPromise, fromValue, makeSubject, merge, mergeMap, pipe, share, takeUntil } from 'wonka'
import type { AuthClient, Authorization } from '../auth-client/auth-client-types.ts'
import { isTokenRejected } from './rejected-token.ts'

/** What the exchange keeps in the context of an operation. */
interface AuthContext {
  readonly authorization?: Authorization
}

/**
 * Creates the exchange of urql that adds the access token, refreshes it, and repeats an operation once that
 * was rejected because of it. It stands before `fetchExchange`. Each operation keeps its account, so that it
 * is repeated for the same one only.
 *
 * Not `@urql/exchange-auth`, which has one token for all operations that wait.
 */
export function createAuthExchange(auth: AuthClient): Exchange {
  return ({ forward }) =>
    (operations) => {
      const shared = pipe(operations, share)
      const repeats = makeSubject<Operation>()
      const failures = makeSubject<OperationResult>()

      const prepare = (operation: Operation) =>
        pipe(
          fromPromise(addToken(auth, operation, (result) => failures.next(result))),
          filter((prepared) => prepared !== null),
          takeUntil(
            pipe(
              shared,
              filter(({ kind, key }) => kind === 'teardown' && key === operation.key),
            ),
          ),
        )
      const prepared = pipe(
        shared,
        mergeMap((operation) => (operation.kind === 'teardown' ? fromValue(operation) : prepare(operation))),
      )
      const results = pipe(
        merge([prepared, repeats.source]),
        forward,
        mergeMap((result) => fromPromise(repeatOnce(auth, result, (operation) => repeats.next(operation)))),
        filter((result) => result !== null),
      )
      return merge([results, failures.source])
    }
}

/** The operation with a token; null where it cannot be sent, which `onFailure` gets as its result. */
async function addToken(
  auth: AuthClient,
  operation: Operation,
  onFailure: (result: OperationResult) => void,
): Promise<Operation | null> {
  try {
    const authorization = await auth.authorize()
    return authorization ? withToken(operation, authorization, { authorization }) : operation
  } catch (error) {
    onFailure(makeErrorResult(operation, error instanceof Error ? error : new Error(String(error))))
    return null
  }
}

/** The result; null where the operation is repeated. A repeated operation has no authorization to replace. */
async function repeatOnce(
  auth: AuthClient,
  result: OperationResult,
  repeat: (operation: Operation) => void,
): Promise<OperationResult | null> {
  const { operation, error } = result
  const { authorization } = operation.context as AuthContext
  if (!authorization || !error || !isTokenRejected(result)) return result
  try {
    const renewed = await auth.renew(authorization)
    if (!renewed) return result
    repeat(withToken(operation, renewed, {}))
    return null
  } catch (cause) {
    return makeErrorResult(operation, cause instanceof Error ? cause : new Error(String(cause)))
  }
}

function withToken(operation: Operation, { accessToken }: Authorization, context: AuthContext): Operation {
  const { fetchOptions } = operation.context
  const options: RequestInit | undefined = typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions
  const headers = new Headers(options?.headers)
  headers.set('authorization', `Bearer ${accessToken}`)
  return makeOperation(operation.kind, operation, {
    ...operation.context,
    authorization: undefined,
    ...context,
    fetchOptions: { ...options, headers: Object.fromEntries(headers) },
  })
}
