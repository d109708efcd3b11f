import type { FastifyInstance } from 'fastify'

/** What the discovery document says. */
export interface DiscoveryOptions {
  /** Address that people reach the gateway at. */
  readonly publicUrl: string
  /** `iss` of access tokens. */
  readonly issuer: string
  readonly algorithm: string
  /** Every scope that some role gives. */
  readonly scopes: readonly string[]
  /** Whether other services may ask about tokens. */
  readonly tokenEndpoints: boolean
}

const PATHS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']

/** The metadata of RFC 8414, at its own address and at that of OpenID Connect, where most programs look. */
export function addDiscovery(app: FastifyInstance, options: DiscoveryOptions): void {
  const document = discoveryDocument(options)
  for (const path of PATHS) {
    app.get(path, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').type('application/json').send(document),
    )
  }
}

/**
 * Only what is true: sign-in is GraphQL, so there is no grant and no response type. The two empty lists stay, against the
 * letter of RFC 8414 §3.2: left out, they would mean the authorization code and implicit grants (§2). Addresses are built from the
 * setting alone, never from a request: a `Host` header is whatever the sender likes.
 */
function discoveryDocument({
  publicUrl,
  issuer,
  algorithm,
  scopes,
  tokenEndpoints,
}: DiscoveryOptions): object {
  const base = publicUrl.replace(/\/+$/, '')
  const methods = ['client_secret_basic', 'client_secret_post']
  return {
    issuer,
    // The keys of HS256 are nobody's to read: there is nothing to verify with.
    ...(algorithm === 'HS256' ? {} : { jwks_uri: `${base}/.well-known/jwks.json` }),
    ...(tokenEndpoints && {
      introspection_endpoint: `${base}/introspect`,
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint: `${base}/revoke`,
      revocation_endpoint_auth_methods_supported: methods,
    }),
    response_types_supported: [],
    grant_types_supported: [],
    subject_types_supported: ['public'],
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    access_token_signing_alg_values_supported: [algorithm],
    graphql_endpoint: `${base}/graphql`,
  }
}
