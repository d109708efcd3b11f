import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { FastifyBaseLogger } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../config/config.ts'
import { addDocument } from '../core/operation-manifest.ts'
import type { Context } from '../graphql/context.ts'
import { createAllowList, type AllowList } from '../graphql/documents/allow-list.ts'
import { createDocumentSources } from '../graphql/documents/document-sources.ts'
import { createDocumentStore } from '../graphql/documents/document-store.ts'
import type { FormatError } from '../graphql/errors.ts'
import { GUARD_RULES, PARSE_OPTIONS, VALIDATION_OPTIONS, guardVariables } from '../graphql/guards/guards.ts'
import { createErrorRequests } from '../graphql/plugins/error-requests.ts'
import { setHttpResponse } from '../graphql/plugins/http-response.ts'
import { showOperationCost } from '../graphql/plugins/operation-cost.ts'
import { logOperation } from '../graphql/plugins/operation-log.ts'
import { measureOperations } from '../graphql/plugins/operation-metrics.ts'
import { observeOperations, type OperationOutcome } from '../graphql/plugins/operation-outcomes.ts'
import { describeOperationSpans, traceOperations } from '../graphql/plugins/operation-span.ts'
import { auditRefusals } from '../graphql/plugins/refusal-audit.ts'
import { reuseResponses } from '../graphql/plugins/response-cache.ts'
import { handOverSubscriptions } from '../graphql/plugins/subscriptions.ts'
import { createRequestPlugin } from '../graphql/request-plugin.ts'
import { describeVariableErrors } from '../graphql/variable-errors.ts'
import { UNDO_CHANGE_DOCUMENT } from '../http/undo-change-page.ts'
import { VERIFY_EMAIL_DOCUMENT } from '../http/verify-email-page.ts'
import type { Adapters } from './adapters.ts'
import type { Services } from './services.ts'

/** What Apollo Server is created from. */
export interface ApolloParts {
  readonly config: Config
  readonly adapters: Pick<Adapters, 'store' | 'metrics' | 'tracing'>
  readonly services: Pick<Services, 'audit' | 'caches' | 'languages'>
  readonly schema: GraphQLSchema
  readonly formatError: FormatError
  /** The documents that can be executed; null: all documents. */
  readonly allowList: AllowList | null
  readonly log: FastifyBaseLogger
}

/**
 * Creates Apollo Server with the guards, plugins and document sources of the settings. Production has no
 * introspection.
 */
export function createApollo(parts: ApolloParts): ApolloServer<Context> {
  const { config, adapters, services, schema, formatError, allowList, log } = parts
  const development = config.server.environment !== 'production'
  const { responses } = services.caches
  const observers = [
    logOperation,
    measureOperations(adapters.metrics),
    ...(adapters.tracing.enabled ? [describeOperationSpans(adapters.tracing)] : []),
  ]
  const observe = (outcome: OperationOutcome) => observers.forEach((observer) => observer(outcome))
  const reuse = responses && reuseResponses(schema, responses, observe)
  const requests = createErrorRequests()
  const documents = createDocumentSources({
    allowList,
    remember: config.server.persistedQueries,
    store: adapters.store,
  })
  const apollo = new ApolloServer<Context>({
    schema,
    formatError: (formatted, error) => {
      const request = requests.find(error)
      const language = request?.responseLanguage.language ?? services.languages.fallback
      return formatError(formatted, error, language, request?.log)
    },
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !development,
    introspection: development,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: documents.persistedQueries,
    documentStore: createDocumentStore(),
    parseOptions: PARSE_OPTIONS,
    validationRules: [...GUARD_RULES],
    validationOptions: VALIDATION_OPTIONS,
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [
      createRequestPlugin([
        ...documents.parts,
        requests.part,
        guardVariables(),
        handOverSubscriptions(),
        describeVariableErrors(),
        // Before the part that sets the status of errors.
        showOperationCost({ showsCost: development }),
        setHttpResponse(),
        observeOperations(observe),
        ...(reuse ? [reuse.part] : []),
        auditRefusals((refusal) => services.audit.refused(refusal)),
      ]),
      ApolloServerPluginLandingPageDisabled(),
      // Responses have `Cache-Control: no-store`; the plugin would visit every field to compute a policy.
      ApolloServerPluginCacheControlDisabled(),
      // A subgraph would show the times and errors of its resolvers to every client that asks for them.
      ApolloServerPluginInlineTraceDisabled(),
    ],
  })
  return traceOperations(reuse ? reuse.wrap(apollo) : apollo, adapters.tracing)
}

/** The documents that can be executed, with those of the gateway's own pages; null: all documents. */
export function buildAllowList({ server: { persistedOperations } }: Config): AllowList | null {
  if (!persistedOperations) return null
  return createAllowList(
    [VERIFY_EMAIL_DOCUMENT, UNDO_CHANGE_DOCUMENT].reduce(addDocument, persistedOperations),
  )
}
