import { z } from 'zod'
import { ManifestError, parseManifest, type OperationManifest } from '../../core/operation-manifest.ts'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { host, nonEmptyText, onOff, webUrl, wholeNumber } from '../setting-types.ts'

const manifest = z
  .string()
  .transform((content, context): OperationManifest => {
    try {
      return parseManifest(content)
    } catch (error) {
      const message = error instanceof ManifestError ? error.message : 'a manifest of GraphQL documents'
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
  })
  .describe('path of a JSON file')

const settings = {
  NODE_ENV: {
    type: z.enum(['development', 'test', 'production']).default('development'),
    doc: 'Environment. `production` disables everything that only development needs, such as exposed codes, the IDE and introspection of the schema.',
  },
  HOST: { type: host.default('127.0.0.1'), doc: 'Address to listen on.' },
  PORT: { type: wholeNumber(0, 65535).default(4000), doc: 'TCP port to listen on; 0 selects a free one.' },
  PUBLIC_URL: {
    type: webUrl.optional(),
    doc: 'URL at which clients reach the gateway, with its path if it has one ([http.md](http.md#below-a-path)). It is the default issuer of tokens, the base of links in messages and the domain of origin-bound codes in text messages (`https://` only). The discovery document is served only when it is set.',
  },
  DATA_DIR: {
    type: nonEmptyText('path of a folder').default('./data'),
    doc: 'Folder of the SQLite database, of the generated master secret (mode 0600) and of the development mailbox.',
  },
  PERSISTED_QUERIES: {
    type: onOff.default(true),
    doc: 'Automatic persisted queries: a client may send the SHA-256 of a document that was sent within the last hour instead of the document.',
  },
  PERSISTED_OPERATIONS: {
    type: manifest.optional(),
    isPath: 'text',
    doc: 'Allow list of GraphQL documents: the manifest of graphql-codegen (`persisted-documents.json`), of Relay, or of Apollo (`generate-persisted-query-manifest`). Only its documents are executed, over HTTP and WebSocket, sent in full or by id; other documents are rejected.',
    fallback: 'every document is executed',
  },
  APP: {
    type: onOff.optional(),
    doc: 'Serves the [app](app.md) at `/app`: sign-in, account and posts. It is an example to start your own from.',
    fallback: '`on` with `NODE_ENV=development`, else `off`',
  },
  SUBGRAPH: {
    type: onOff.default(false),
    doc: 'Subgraph of a federated graph (Apollo Federation 2): adds `_entities` to the schema, and `_service` except in production. `gateway schema --subgraph` prints its schema for composition.',
  },
  SUBGRAPH_ACCESS: {
    type: onOff.default(true),
    doc: 'Whether the schema of the subgraph has `@authenticated` and `@requiresScopes`. `off` for `@apollo/gateway`, which refuses a supergraph with them.',
  },
  LOG_LEVEL: {
    type: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
    doc: 'Lowest level of the log entries that are written. Security events have the level `audit`, above `warn`: every value from `debug` to `warn` writes them.',
  },
  SHUTDOWN_DRAIN_SECONDS: {
    type: wholeNumber(0, 60).default(1),
    unit: 's',
    doc: 'Time after SIGTERM during which `/readyz` fails while requests are still served, so that load balancers stop sending new ones.',
  },
  SHUTDOWN_SECONDS: {
    type: wholeNumber(1, 300).default(20),
    unit: 's',
    doc: 'Maximum time for a shutdown; then the process exits with status 1.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type ServerValues = ValuesOf<typeof settings>

/** The process: where it listens, what it executes, how it logs and stops. */
export interface ServerConfig {
  readonly environment: 'development' | 'test' | 'production'
  readonly host: string
  readonly port: number
  /** Null: unknown; links and discovery are off. */
  readonly publicUrl: string | null
  readonly dataDir: string
  /** Automatic persisted queries. */
  readonly persistedQueries: boolean
  /** The documents that are executed; null: every one. */
  readonly persistedOperations: OperationManifest | null
  /** Whether the app is served. */
  readonly servesApp: boolean
  /** Whether the schema has the fields of a federated graph. */
  readonly subgraph: boolean
  /** Whether the text of the subgraph has the directives of access. */
  readonly subgraphAccess: boolean
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  readonly drainSeconds: number
  readonly shutdownSeconds: number
}

/** Settings of the process. */
export const serverGroup = {
  title: 'Server',
  settings,
  toConfig: (values: ServerValues): ServerConfig => ({
    environment: values.NODE_ENV,
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL ?? null,
    dataDir: values.DATA_DIR,
    persistedQueries: values.PERSISTED_QUERIES,
    persistedOperations: values.PERSISTED_OPERATIONS ?? null,
    servesApp: values.APP ?? values.NODE_ENV === 'development',
    subgraph: values.SUBGRAPH,
    subgraphAccess: values.SUBGRAPH_ACCESS,
    logLevel: values.LOG_LEVEL,
    drainSeconds: values.SHUTDOWN_DRAIN_SECONDS,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
  }),
  crossChecks: (values: ServerValues) => [
    [
      values.SUBGRAPH && values.PERSISTED_OPERATIONS !== undefined,
      'SUBGRAPH: cannot be on with PERSISTED_OPERATIONS, because a router writes documents of its own; keep the list in the router',
    ],
  ],
} satisfies SettingGroup<ServerValues, ServerConfig>
