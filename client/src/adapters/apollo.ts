import { ApolloLink } from '@apollo/client'
import { catchError, concatMap, from, map, of, throwError, type Observable } from 'rxjs'
import type { AuthClient, Authorization } from '../auth-client/auth-client-types.ts'
import { isTokenRejected } from './rejected-token.ts'

type Outcome = { readonly result: ApolloLink.Result } | { readonly error: unknown }

/**
 * Creates the link of Apollo Client 4 that adds the access token, refreshes it, and repeats an operation once
 * that was rejected because of it: as GraphQL errors (`CombinedGraphQLErrors`) or as a response with status
 * 401 (`ServerError`). It stands before the link that sends: `authLink.concat(new HttpLink({ uri }))`.
 */
export function createAuthLink(auth: AuthClient): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const send = ({ accessToken }: Authorization): Observable<ApolloLink.Result> => {
      operation.setContext(({ headers }: { headers?: Readonly<Record<string, string>> }) => ({
        headers: { ...headers, authorization: `Bearer ${accessToken}` },
      }))
      return forward(operation)
    }
    const sendTwice = (authorization: Authorization) =>
      observeOutcomes(send(authorization)).pipe(
        concatMap((outcome) =>
          isTokenRejected('error' in outcome ? outcome.error : outcome.result)
            ? from(auth.renew(authorization)).pipe(
                concatMap((renewed) => (renewed ? send(renewed) : toObservable(outcome))),
              )
            : toObservable(outcome),
        ),
      )
    return from(auth.authorize()).pipe(
      concatMap((authorization) => (authorization ? sendTwice(authorization) : forward(operation))),
    )
  })
}

/** Results and the error as values, so that the error of the repetition is not taken for the first. */
function observeOutcomes(results: Observable<ApolloLink.Result>): Observable<Outcome> {
  return results.pipe(
    map((result): Outcome => ({ result })),
    catchError((error: unknown) => of<Outcome>({ error })),
  )
}

function toObservable(outcome: Outcome): Observable<ApolloLink.Result> {
  return 'error' in outcome ? throwError(() => outcome.error) : of(outcome.result)
}
