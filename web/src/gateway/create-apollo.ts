import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import type { AuthClient } from 'graphql-auth-gateway-client'
import { createAuthLink } from 'graphql-auth-gateway-client/apollo'
import { withLanguage } from './create-gateway.ts'

/** Creates the client of a session. Each account has one of its own, so that no cache outlives a sign-out. */
export function createApollo(auth: AuthClient, readLanguage: () => string): ApolloClient {
  const http = new HttpLink({
    uri: auth.url,
    fetch: (input, init) => fetch(input, withLanguage(init, readLanguage())),
  })
  return new ApolloClient({
    cache: new InMemoryCache({
      typePolicies: {
        Query: {
          fields: {
            posts: relayStylePagination(['filter']),
            myAuditEvents: relayStylePagination(),
            mySecondFactor: { merge: true },
          },
        },
      },
    }),
    link: createAuthLink(auth).concat(http),
    assumeImmutableResults: true,
  })
}
