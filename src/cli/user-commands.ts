import { userInfo } from 'node:os'
import { Option, type Command } from 'commander'
import type { App } from '../composition/app.ts'
import type { UserStatus } from '../ports/users.ts'
import { formatAccount, formatAccountJson, formatAccounts } from './account-report.ts'
import { withApp, type RunCommand } from './run-command.ts'

const ACCOUNT = 'e-mail address, phone number with country code, or id'
const STATUSES: readonly UserStatus[] = ['PENDING', 'ACTIVE', 'SUSPENDED']
/** Status of an account that stays unconfirmed after its suspension. */
const STILL_PENDING = 'Done. The account is PENDING: none of its contacts was ever verified.\n'

/** Runs an operation of the administration and prints the text that it returns. */
type Administer = (operation: (accounts: App['administration']) => Promise<string>) => Promise<void>

/** `gateway user …`: accounts. Changes apply to the next request of the account on every node. */
export function addUserCommands(program: Command, run: RunCommand): void {
  const administer: Administer = (operation) =>
    run(async (config) => {
      process.stdout.write(await withApp(config, ({ administration }) => operation(administration)))
    })
  const user = program.command('user').description('show or change an account')
  user
    .command('show')
    .argument('<account>', ACCOUNT)
    .option('--json', 'print one JSON object')
    .description('print an account: contacts, status, roles, second factor and sessions; never a secret')
    .action((account: string, { json = false }: { json?: boolean }) =>
      administer(async (accounts) =>
        (json ? formatAccountJson : formatAccount)(await accounts.show(account)),
      ),
    )
  addListCommand(user, administer)
  user
    .command('suspend')
    .argument('<account>', ACCOUNT)
    .description('suspend an account and revoke its sessions')
    .action((account: string) => administer((accounts) => accounts.suspend(account).then(() => 'Done.\n')))
  user
    .command('reinstate')
    .argument('<account>', ACCOUNT)
    .description('lift the suspension of an account; one without a verified contact stays PENDING')
    .action((account: string) =>
      administer(async (accounts) =>
        (await accounts.reinstate(account)).status === 'PENDING' ? STILL_PENDING : 'Done.\n',
      ),
    )
  user
    .command('reset-mfa')
    .argument('<account>', ACCOUNT)
    .description('remove the second factor of an account whose owner has lost it, and revoke its sessions')
    .requiredOption('--reason <text>', 'why, and how the owner was identified; recorded in the audit trail')
    .action((account: string, { reason }: { reason: string }) =>
      administer((accounts) =>
        accounts.resetSecondFactor(account, { actor: userInfo().username, reason }).then(() => 'Done.\n'),
      ),
    )
  addRolesCommand(user, administer)
}

function addListCommand(user: Command, administer: Administer): void {
  const list = user
    .command('list')
    .addOption(new Option('--status <status>', 'accounts of this status only').choices(STATUSES))
    .option('--before <time>', 'accounts created before this time, ISO 8601', '9999-12-31T00:00:00Z')
    .option('--limit <number>', 'number of accounts, 1 to 1000', '50')
    .description('list the newest accounts: time of creation, status, id and contact')
  list.action((options: { status?: UserStatus; before: string; limit: string }) => {
    const { status = null, before, limit } = options
    const createdBefore = new Date(before)
    if (Number.isNaN(createdBefore.getTime())) list.error('error: --before must be a time, ISO 8601')
    if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1000)
      list.error('error: --limit must be a whole number from 1 to 1000')
    const selection = { status, createdBefore, limit: Number(limit) }
    return administer(async (accounts) => formatAccounts(await accounts.list(selection)))
  })
}

function addRolesCommand(user: Command, administer: Administer): void {
  const roles = user
    .command('roles')
    .argument('<account>', ACCOUNT)
    .argument('[roles...]', 'names that the setting ROLES declares')
    .option('--none', 'take all roles away')
    .description('replace the roles of an account')
  roles.action((account: string, names: string[], { none = false }: { none?: boolean }) => {
    if (none === names.length > 0)
      roles.error(
        `error: name the roles of the account${none ? ' or --none, not both' : ', or --none to take all away'}`,
      )
    return administer((accounts) => accounts.setRoles(account, names).then(() => 'Done.\n'))
  })
}
