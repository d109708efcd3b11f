import type { Command } from 'commander'
import { requireDatabase } from '../adapters/database/database-check.ts'
import { migrate, migrationStatus } from '../adapters/database/migrations.ts'
import type { Config } from '../config/config.ts'
import type { RunCommand } from './run-command.ts'

/** `gateway migrate [up|status]`. */
export function addMigrateCommands(program: Command, run: RunCommand): void {
  const migrations = program.command('migrate').description('apply or list database migrations')
  migrations
    .command('up', { isDefault: true })
    .description('apply pending migrations (default)')
    .action(() => run(migrateUp))
  migrations
    .command('status')
    .description('list applied and pending migrations, and those of a newer version')
    .action(() => run(printMigrations))
}

async function migrateUp({ database }: Config): Promise<void> {
  await requireDatabase(database)
  const { directUrl: url, postgresql } = database
  const applied = await migrate({ url, now: Date.now, postgresql })
  process.stdout.write(
    applied.length === 0 ? 'No pending migrations.\n' : applied.map((name) => `applied ${name}\n`).join(''),
  )
}

async function printMigrations({ database }: Config): Promise<void> {
  await requireDatabase(database)
  const { directUrl: url, postgresql } = database
  const { applied, pending, newer } = await migrationStatus({ url, now: Date.now, postgresql })
  const lines = [
    ...applied.map((name) => `applied ${name}\n`),
    ...pending.map((name) => `pending ${name}\n`),
    ...newer.map((name) => `newer ${name}\n`),
  ]
  process.stdout.write(lines.join(''))
}
