import type { Command } from 'commander'
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
    .description('list applied and pending migrations')
    .action(() => run(printMigrations))
}

async function migrateUp(config: Config): Promise<void> {
  const applied = await migrate({ url: config.store.databaseUrl, now: Date.now })
  process.stdout.write(
    applied.length === 0 ? 'No pending migrations.\n' : applied.map((name) => `applied ${name}\n`).join(''),
  )
}

async function printMigrations(config: Config): Promise<void> {
  const { applied, pending } = await migrationStatus({ url: config.store.databaseUrl, now: Date.now })
  process.stdout.write(
    [...applied.map((name) => `applied ${name}\n`), ...pending.map((name) => `pending ${name}\n`)].join(''),
  )
}
