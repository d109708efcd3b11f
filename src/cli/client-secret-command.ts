import type { Command } from 'commander'
import { CLIENT_ID, hashClientSecret, newClientSecret } from '../core/client-secrets.ts'
import { systemRandom } from '../core/secrets.ts'

/** `gateway client-secret <id>`. */
export function addClientSecretCommand(program: Command): void {
  program
    .command('client-secret <id>')
    .description('generate the secret of a service that may call /introspect and /revoke; nothing is stored')
    .action((id: string) => printClientSecret(id, program))
}

/** The secret goes to the service, its hash to the setting: a leaked setting does not reveal the secret. */
function printClientSecret(id: string, program: Command): void {
  if (!CLIENT_ID.test(id))
    program.error('error: invalid id. An id has 1 to 64 characters of A-Z, a-z, 0-9, ".", "_" and "-".')
  const secret = newClientSecret(systemRandom)
  process.stdout.write(`Secret of the service, which is not stored and not shown again:
  ${secret}
Entry for INTROSPECTION_CLIENTS, with the SHA-256 of the secret (a plain hash is safe only for random secrets):
  ${id}:${hashClientSecret(secret)}
`)
}
