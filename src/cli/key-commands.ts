import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { newSigningJwk } from '../core/token-keys.ts'
import type { KeyRing, KeyStatus } from '../features/keys/key-ring.ts'
import { withApp, type RunCommand } from './run-command.ts'

/** `gateway keys …`: the keys that sign access tokens. */
export function addKeyCommands(program: Command, run: RunCommand): void {
  const withKeys = (command: (ring: KeyRing) => Promise<string>) =>
    run((config) => printFromKeyRing(config, command))
  const keys = program.command('keys').description('manage the keys that sign access tokens')
  keys
    .command('list')
    .description('list the keys with their state and the time from which they sign')
    .action(() => withKeys(async (ring) => ring.list().map(formatKey).join('')))
  keys
    .command('rotate')
    .description('publish the next key, which signs after ten minutes')
    .option('--now', 'sign with it immediately, for example after a key has leaked')
    .action(({ now = false }: { now?: boolean }) => withKeys(async (ring) => `${await ring.rotate(now)}\n`))
  keys
    .command('retire <kid>')
    .description('delete a key that no longer signs; its tokens become invalid')
    .action((kid: string) => withKeys((ring) => retireKey(ring, kid)))
  keys
    .command('export-jwks')
    .description('print the public keys as a JWK Set (RFC 7517)')
    .action(() =>
      withKeys(async (ring) => `${JSON.stringify({ keys: ring.current().publicJwks }, null, 2)}\n`),
    )
  keys
    .command('generate')
    .description('print a new private JWK Set for JWT_KEYS; nothing is stored')
    .action(() => run(printNewKeySet))
  keys
    .command('reseal')
    .description('re-encrypt the secrets of authenticator apps with the current GATEWAY_SECRET')
    .action(() => run(resealTotpSecrets))
}

/** Prints the result of a command on the managed keys. Every node applies a change within 30 seconds. */
async function printFromKeyRing(config: Config, command: (ring: KeyRing) => Promise<string>): Promise<void> {
  await withApp(config, async ({ keyRing }) => {
    if (!keyRing) throw new Error('No managed keys: the keys are set by JWT_KEYS or JWT_SECRET.')
    process.stdout.write(await command(keyRing))
  })
}

function formatKey({ kid, algorithm, state, createdAt, signsFrom }: KeyStatus): string {
  return `${kid}  ${algorithm}  ${state.padEnd(8)}  created ${createdAt.toISOString()}  signs from ${signsFrom.toISOString()}\n`
}

async function retireKey(ring: KeyRing, kid: string): Promise<string> {
  if (!(await ring.retire(kid))) throw new Error('Key not found.')
  return 'Done.\n'
}

async function printNewKeySet({ token: { keys } }: Config): Promise<void> {
  if (keys.algorithm === 'HS256')
    throw new Error('JWT_ALGORITHM=HS256 has no key set: its key is JWT_SECRET.')
  process.stdout.write(`${JSON.stringify({ keys: [await newSigningJwk(keys.algorithm)] })}\n`)
}

async function resealTotpSecrets(config: Config): Promise<void> {
  await withApp(config, ({ totpSecrets }) => totpSecrets.resealAll())
  process.stdout.write('Done.\n')
}
