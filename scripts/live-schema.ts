import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { schemaText, type Provider } from './generate.ts'
import { loadSchemaEngine } from './schema-engine.ts'

/** The diagnosis of a database's migration history by Prisma's engine. */
export async function diagnose(provider: Provider, url: string, folder: string) {
  const engine = await openEngine(provider, url)
  return engine.diagnoseMigrationHistory({
    migrationsList: listMigrations(folder),
    optInToShadowDatabase: false,
    filters: { externalTables: [], externalEnums: [] },
  })
}

/** Objects of migrations that the models cannot describe: the search by words. */
export const UNMODELLED = {
  sqliteTables: [
    'post_search_keys',
    ...['', '_config', '_data', '_docsize', '_idx'].map((suffix) => `post_search${suffix}`),
  ],
  postgresqlNames: ['search_words', 'posts_search_words_idx'],
} as const

/** SQL that would migrate a database to the models; empty if they are equal. */
export async function differenceToModels(provider: Provider, url: string): Promise<string> {
  const engine = await openEngine(provider, url)
  const files = [{ path: 'schema.prisma', content: schemaText(provider) }]
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [...UNMODELLED.sqliteTables], externalEnums: [] },
  })
  return (stdout ?? '').replace('-- This is an empty migration.', '').trim()
}

async function openEngine(provider: Provider, url: string) {
  const SchemaEngine = await loadSchemaEngine()
  const factory = provider === 'sqlite' ? new PrismaLibSql({ url }) : new PrismaPg(url)
  const datamodels: [string, string][] = [['schema.prisma', schemaText(provider)]]
  return SchemaEngine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory))
}

function listMigrations(folder: string) {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return {
    baseDir: folder,
    lockfile: {
      path: 'migration_lock.toml',
      content: readFileSync(join(folder, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map(({ name }) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: readFileSync(join(folder, name, 'migration.sql'), 'utf8') },
      },
    })),
  }
}
