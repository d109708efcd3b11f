import type { Command } from 'commander'
import { CLIENT_ID, hashClientSecret, newClientSecret } from '../core/client-secrets.ts'
import { systemRandom } from '../core/secrets.ts'

/** `gateway client-secret <id>`. */
export function addClientSecretCommand(program: Command): void {
  program
    .command('client-secret <id>')
    .description('make the secret of a service that may call /introspect and /revoke; nothing is stored')
    .action((id: string) => printClientSecret(id, program))
}

/** The service gets the secret and the setting its hash: neither can be derived from the other. */
function printClientSecret(id: string, program: Command): void {
  if (!CLIENT_ID.test(id)) program.error('An id has 1 to 64 characters of A-Z, a-z, 0-9, ".", "_" and "-".')
  const secret = newClientSecret(systemRandom)
  process.stdout.write(`Secret for the service, shown this once:
  ${secret}
Entry for INTROSPECTION_CLIENTS (SHA-256, which is right for a random secret and for no other):
  ${id}:${hashClientSecret(secret)}
`)
}
