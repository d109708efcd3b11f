import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PROVIDERS, schemaText, type Provider } from './generate.ts'
import { schemaDifference } from './schema-difference.ts'

// Writes a migration for both databases with the changes of prisma/models since the last one.
// `migrated.prisma` in the folder of each provider is the schema after its migrations.

const root = resolve(import.meta.dirname, '..')

async function writeMigration(provider: Provider, folderName: string): Promise<void> {
  const snapshot = join(root, 'prisma', provider, 'migrated.prisma')
  const current = schemaText(provider)
  const previous = existsSync(snapshot) ? readFileSync(snapshot, 'utf8') : null
  const script = await schemaDifference(provider, previous, current)
  if (script.trim() === '' || script.includes('-- This is an empty migration.'))
    return console.log(`${provider}: no changes`)
  const folder = join(root, 'prisma', provider, 'migrations')
  mkdirSync(join(folder, folderName), { recursive: true })
  writeFileSync(join(folder, folderName, 'migration.sql'), script)
  writeFileSync(
    join(folder, 'migration_lock.toml'),
    `# The database of these migrations.\nprovider = "${provider}"\n`,
  )
  writeFileSync(snapshot, current)
  console.log(`${provider}: wrote ${folderName}`)
}

const [, , name] = process.argv
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('usage: npm run migration:new -- <name in lower case, digits and underscores>')
  process.exit(64)
}
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
for (const provider of PROVIDERS) await writeMigration(provider, `${stamp}_${name}`)
