import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { Provider } from './generate.ts'
import { loadSchemaEngine } from './schema-engine.ts'

/** SQL that leads from one Prisma schema (null: an empty database) to another; a comment alone when nothing differs. Needs no database. */
export async function schemaDifference(
  provider: Provider,
  previous: string | null,
  current: string,
): Promise<string> {
  const SchemaEngine = await loadSchemaEngine()
  const files = (content: string) => [{ path: 'schema.prisma', content }]
  const datamodels: [string, string][] = [['schema.prisma', current]]
  const adapter = bindMigrationAwareSqlAdapterFactory(offlineFactory(provider))
  const engine = await SchemaEngine.new({ datamodels }, () => undefined, adapter)
  const { stdout } = await engine.diff({
    from: previous === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: files(previous) },
    to: { tag: 'schemaDatamodel', files: files(current) },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  // A database always has its schema, and making it takes a right that a careful operator does not give.
  return (stdout ?? '').replace('-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n', '')
}

/** Stands where the engine expects a connection: comparing two models asks a database nothing but its version. */
function offlineFactory(provider: Provider): SqlMigrationAwareDriverAdapterFactory {
  const none = () => Promise.reject(new Error('no database is connected'))
  const name = provider === 'sqlite' ? ('sqlite' as const) : ('postgres' as const)
  const common = { provider: name, adapterName: 'offline' }
  const connect = () =>
    Promise.resolve({
      ...common,
      queryRaw: () => Promise.resolve({ columnNames: [], columnTypes: [], rows: [] }),
      executeRaw: () => Promise.resolve(0),
      executeScript: () => Promise.resolve(),
      startTransaction: none,
      getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: false }),
      dispose: () => Promise.resolve(),
    })
  return { ...common, connect, connectToShadowDb: connect }
}
