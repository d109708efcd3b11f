import type { Command } from 'commander'
import { backUpSqlite } from '../adapters/database/sqlite-backup.ts'
import { systemRandom } from '../core/secrets.ts'
import type { RunCommand } from './run-command.ts'

/** `gateway backup <file>`. */
export function addBackupCommand(program: Command, run: RunCommand): void {
  program
    .command('backup <file>')
    .description('copy the SQLite database to a new file, while the server runs')
    .action((file: string) =>
      run(async (config) => {
        await backUpSqlite(config.database.url, file, systemRandom)
        process.stdout.write(`backup written to ${file}\n`)
      }),
    )
}
