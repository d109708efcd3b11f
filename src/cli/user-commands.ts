import type { Command } from 'commander'
import type { App } from '../composition/app.ts'
import { withApp, type RunCommand } from './run-command.ts'

/** `gateway user …`: changes to accounts, in force at the next request of the account on every node. */
export function addUserCommands(program: Command, run: RunCommand): void {
  const administer = (command: (administration: App['administration']) => Promise<void>) =>
    run(async (config) => {
      await withApp(config, ({ administration }) => command(administration))
      process.stdout.write('Done.\n')
    })
  const user = program.command('user').description('change an account')
  user
    .command('suspend <email>')
    .description('suspend the account and end its sessions')
    .action((email: string) => administer((accounts) => accounts.suspend(email)))
  user
    .command('reinstate <email>')
    .description('allow the account to sign in again')
    .action((email: string) => administer((accounts) => accounts.reinstate(email)))
  user
    .command('roles <email> [roles...]')
    .description('replace the roles of the account')
    .action((email: string, roles: string[]) => administer((accounts) => accounts.setRoles(email, roles)))
}
