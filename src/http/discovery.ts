import type { JWK } from 'jose'
import type { FastifyInstance } from 'fastify'
import { readPublicPath } from '../core/public-path.ts'

/** Values of the discovery document. */
export interface DiscoveryOptions {
  /** Address under which clients reach the gateway. */
  readonly publicUrl: string
  /** `iss` of access tokens. */
  readonly issuer: string
  readonly algorithm: string
  /** Every scope that a role grants. */
  readonly scopes: readonly string[]
  /** Whether introspection and revocation are served. */
  readonly tokenEndpoints: boolean
}

const CACHE = 'public, max-age=300'
const PATHS: readonly string[] = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
]

/** The public keys that verify access tokens (RFC 7517). */
export function addJwks(app: FastifyInstance, publicJwks: () => readonly JWK[]): void {
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply.header('cache-control', CACHE).type('application/json').send({ keys: publicJwks() }),
  )
}

/**
 * The metadata of RFC 8414, at its own path and at the one of OpenID Connect, which most libraries request.
 * Ours rather than an OAuth server such as `oidc-provider`: the gateway has no OAuth grants, and this is one
 * constant document.
 */
export function addDiscovery(app: FastifyInstance, options: DiscoveryOptions): void {
  const document = buildDiscoveryDocument(options)
  for (const path of listPaths(options)) {
    app.get(path, async (_request, reply) =>
      reply.header('cache-control', CACHE).type('application/json').send(document),
    )
  }
}

/**
 * Where clients look: RFC 8414 §3.1 puts the well-known part before the path of the issuer
 * (`/.well-known/oauth-authorization-server/auth`), OpenID Connect Discovery §4 behind it, where the proxy or
 * the listener removes the path.
 */
function listPaths({ publicUrl, issuer }: DiscoveryOptions): string[] {
  const issuers = [publicUrl, ...(URL.canParse(issuer) ? [issuer] : [])]
  return [
    ...new Set(issuers.flatMap((url) => PATHS.flatMap((path) => [path, `${path}${readPublicPath(url)}`]))),
  ]
}

/**
 * Sign-in is GraphQL, so there are no grants and no response types. RFC 8414 §3.2 says to omit empty lists,
 * but these two stay: without them, clients assume the authorization code and implicit grants (§2). URLs are
 * built from the setting and never from a request, because a client can send any `Host`.
 */
function buildDiscoveryDocument({
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
    // HS256 keys are secret, so there is no key set to publish.
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
