import type { Command } from 'commander'
import type { App } from '../composition/app.ts'
import { withApp, type RunCommand } from './run-command.ts'

/** `gateway user …`: changes to accounts. They apply to the next request of the account on every node. */
export function addUserCommands(program: Command, run: RunCommand): void {
  const administer = (command: (administration: App['administration']) => Promise<void>) =>
    run(async (config) => {
      await withApp(config, ({ administration }) => command(administration))
      process.stdout.write('Done.\n')
    })
  const user = program.command('user').description('change an account')
  user
    .command('suspend <email>')
    .description('suspend an account and revoke its sessions')
    .action((email: string) => administer((accounts) => accounts.suspend(email)))
  user
    .command('reinstate <email>')
    .description('lift the suspension of an account')
    .action((email: string) => administer((accounts) => accounts.reinstate(email)))
  user
    .command('roles <email> [roles...]')
    .description('replace the roles of an account')
    .action((email: string, roles: string[]) => administer((accounts) => accounts.setRoles(email, roles)))
}
