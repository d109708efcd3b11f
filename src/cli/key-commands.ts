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
    .description('list the keys: when each one signs and its state')
    .action(() => withKeys(async (ring) => ring.list().map(formatKey).join('')))
  keys
    .command('rotate')
    .description('publish the next key; it signs ten minutes later')
    .option('--now', 'sign with it immediately: for a stolen key')
    .action(({ now = false }: { now?: boolean }) => withKeys(async (ring) => `${await ring.rotate(now)}\n`))
  keys
    .command('retire <kid>')
    .description('destroy a key that no longer signs; its tokens become invalid')
    .action((kid: string) => withKeys((ring) => retireKey(ring, kid)))
  keys
    .command('export-jwks')
    .description('print the public keys (RFC 7517)')
    .action(() =>
      withKeys(async (ring) => `${JSON.stringify({ keys: ring.current().publicJwks }, null, 2)}\n`),
    )
  keys
    .command('generate')
    .description('print a new private key set for JWT_KEYS; nothing is stored')
    .action(() => run(printNewKeySet))
  keys
    .command('reseal')
    .description('seal authenticator secrets under the current GATEWAY_SECRET')
    .action(() => run(resealTotpSecrets))
}

/** Prints what a command makes of the managed keys; every node follows within half a minute. */
async function printFromKeyRing(config: Config, command: (ring: KeyRing) => Promise<string>): Promise<void> {
  await withApp(config, async ({ keyRing }) => {
    if (!keyRing) throw new Error('JWT_KEYS or JWT_SECRET sets the keys: there are no managed keys.')
    process.stdout.write(await command(keyRing))
  })
}

function formatKey({ kid, algorithm, state, createdAt, signsFrom }: KeyStatus): string {
  return `${kid}  ${algorithm}  ${state.padEnd(8)}  made ${createdAt.toISOString()}  signs from ${signsFrom.toISOString()}\n`
}

async function retireKey(ring: KeyRing, kid: string): Promise<string> {
  if (!(await ring.retire(kid))) throw new Error('There is no such key.')
  return 'Done.\n'
}

async function printNewKeySet({ keys: { algorithm } }: Config): Promise<void> {
  if (algorithm === 'HS256') throw new Error('JWT_ALGORITHM is HS256: its key is the secret JWT_SECRET.')
  process.stdout.write(`${JSON.stringify({ keys: [await newSigningJwk(algorithm)] })}\n`)
}

async function resealTotpSecrets(config: Config): Promise<void> {
  await withApp(config, ({ totpSecrets }) => totpSecrets.resealAll())
  process.stdout.write('Done.\n')
}
