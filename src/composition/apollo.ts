import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { FastifyBaseLogger } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../config/config.ts'
import { addDocument, type OperationManifest } from '../core/operation-manifest.ts'
import type { Context } from '../graphql/context.ts'
import { createDocumentSources } from '../graphql/documents/document-sources.ts'
import type { FormatError } from '../graphql/errors.ts'
import { GUARD_RULES, PARSE_OPTIONS, createGuardPlugin } from '../graphql/guards/guards.ts'
import { createErrorLanguages } from '../graphql/plugins/error-languages.ts'
import { createHttpResponsePlugin } from '../graphql/plugins/http-response.ts'
import { createRefusalAuditPlugin } from '../graphql/plugins/refusal-audit.ts'
import { VERIFY_EMAIL_DOCUMENT } from '../http/verify-email-page.ts'
import type { Adapters } from './adapters.ts'
import type { Services } from './services.ts'

/** What Apollo Server is created from. */
export interface ApolloParts {
  readonly config: Config
  readonly adapters: Pick<Adapters, 'store'>
  readonly services: Pick<Services, 'audit'>
  readonly schema: GraphQLSchema
  readonly formatError: FormatError
  readonly log: FastifyBaseLogger
}

/**
 * Creates Apollo Server with the guards, plugins and document sources of the settings. Production has no
 * introspection.
 */
export function createApollo(parts: ApolloParts): ApolloServer<Context> {
  const { config, adapters, services, schema, formatError, log } = parts
  const development = config.server.environment !== 'production'
  const languages = createErrorLanguages()
  const documents = createDocumentSources({
    manifest: buildManifest(config),
    remember: config.server.persistedQueries,
    store: adapters.store,
  })
  return new ApolloServer<Context>({
    schema,
    formatError: (formatted, error) =>
      formatError(formatted, error, languages.findLanguage(error) ?? config.branding.language),
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !development,
    introspection: development,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: documents.persistedQueries,
    parseOptions: PARSE_OPTIONS,
    validationRules: [...GUARD_RULES],
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [
      ...documents.plugins,
      languages.plugin,
      createGuardPlugin(),
      createHttpResponsePlugin(),
      createRefusalAuditPlugin((refusal) => services.audit.refused(refusal)),
      ApolloServerPluginLandingPageDisabled(),
      // Responses have `Cache-Control: no-store`; the plugin would visit every field to compute a policy.
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
}

/** The documents that can be executed, with the one of the gateway's own page; null: all documents. */
export function buildManifest({ server: { persistedOperations } }: Config): OperationManifest | null {
  return persistedOperations && addDocument(persistedOperations, VERIFY_EMAIL_DOCUMENT)
}
