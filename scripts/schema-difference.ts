import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { Provider } from './generate.ts'
import { loadSchemaEngine } from './schema-engine.ts'

/**
 * SQL that migrates one Prisma schema (null: an empty database) to another; only a comment if they are equal.
 */
export async function schemaDifference(
  provider: Provider,
  previous: string | null,
  current: string,
): Promise<string> {
  const SchemaEngine = await loadSchemaEngine()
  const files = (content: string) => [{ path: 'schema.prisma', content }]
  const datamodels: [string, string][] = [['schema.prisma', current]]
  const adapter = bindMigrationAwareSqlAdapterFactory(createOfflineFactory(provider))
  const engine = await SchemaEngine.new({ datamodels }, () => undefined, adapter)
  const { stdout } = await engine.diff({
    from: previous === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: files(previous) },
    to: { tag: 'schemaDatamodel', files: files(current) },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  // The schema always exists, and creating it needs a privilege that operators may not grant.
  return (stdout ?? '').replace('-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n', '')
}

/** Replaces the connection that the engine expects: comparing two models only queries the version. */
function createOfflineFactory(provider: Provider): SqlMigrationAwareDriverAdapterFactory {
  const reject = () => Promise.reject(new Error('no database is connected'))
  const name = provider === 'sqlite' ? ('sqlite' as const) : ('postgres' as const)
  const common = { provider: name, adapterName: 'offline' }
  const connect = () =>
    Promise.resolve({
      ...common,
      queryRaw: () => Promise.resolve({ columnNames: [], columnTypes: [], rows: [] }),
      executeRaw: () => Promise.resolve(0),
      executeScript: () => Promise.resolve(),
      startTransaction: reject,
      getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: false }),
      dispose: () => Promise.resolve(),
    })
  return { ...common, connect, connectToShadowDb: connect }
}
