#!/usr/bin/env node
import { readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import type { Logger } from 'pino'
import { migrate, migrationStatus } from './adapters/database/migrations.ts'
import { createApp, type App } from './composition/app.ts'
import { ConfigError, loadConfig, type Config } from './config/load-config.ts'
import { CLIENT_ID, hashClientSecret, newClientSecret } from './core/client-secrets.ts'
import { systemRandom } from './core/secrets.ts'
import { newSigningJwk } from './core/token-keys.ts'
import type { KeyRing, KeyStanding } from './features/keys/key-ring.ts'
import { createLog } from './http/log.ts'
import { surviveFaults } from './cli/crash-handlers.ts'

/** Exit status for settings that cannot be used (`EX_CONFIG` of sysexits). */
const EX_CONFIG = 78

const program = new Command('gateway').description('GraphQL authentication gateway')
program
  .command('serve', { isDefault: true })
  .description('migrate, then listen')
  .action(() => run(serve))
const migrations = program.command('migrate').description('apply pending migrations')
migrations
  .command('up', { isDefault: true })
  .description('apply them')
  .action(() => run(migrateUp))
migrations
  .command('status')
  .description('say what is applied and what is pending')
  .action(() => run(printMigrations))
const keys = program.command('keys').description('the keys that sign access tokens')
keys
  .command('list')
  .description('each key, when it signs, and what it does now')
  .action(() => withKeys(async (ring) => ring.list().map(keyLine).join('')))
keys
  .command('rotate')
  .description('publish the next key; it signs ten minutes later')
  .option('--now', 'sign with it at once: for a key that was stolen')
  .action(({ now = false }: { now?: boolean }) => withKeys(async (ring) => `${await ring.rotate(now)}\n`))
keys
  .command('retire <kid>')
  .description('destroy a key that no longer signs; its tokens end with it')
  .action((kid: string) => withKeys((ring) => retire(ring, kid)))
keys
  .command('export-jwks')
  .description('print the public keys (RFC 7517)')
  .action(() => withKeys(async (ring) => `${JSON.stringify({ keys: ring.current().publicJwks }, null, 2)}\n`))
keys
  .command('generate')
  .description('print a new private key set for JWT_KEYS; nothing is stored')
  .action(() => run(generateKeys))
program
  .command('client-secret <id>')
  .description('make the secret of a service that may use /introspect and /revoke; nothing is stored')
  .action(printClientSecret)
const user = program.command('user').description('change an account')
keys
  .command('reseal')
  .description('seal authenticator secrets under GATEWAY_SECRET, before another one is no longer accepted')
  .action(() => administer(async (app) => void (await app.totpSecrets.resealAll())))
user
  .command('suspend <email>')
  .description('end its sessions and shut it')
  .action((email: string) => administer((app) => app.administration.suspend(email)))
user
  .command('reinstate <email>')
  .description('let it sign in again')
  .action((email: string) => administer((app) => app.administration.reinstate(email)))
user
  .command('roles <email> [roles...]')
  .description('replace its roles')
  .action((email: string, roles: string[]) => administer((app) => app.administration.setRoles(email, roles)))
await program.parseAsync()

/** Reads the settings and runs the command; whatever stops it is said in one line. */
async function run(command: (config: Config) => Promise<void>): Promise<void> {
  try {
    await command(loadConfig({ variables: process.env, readFile, isOpenToAll }))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode =
      error instanceof ConfigError || (error instanceof Error && error.name === 'KeyError') ? EX_CONFIG : 1
  }
}

function readFile(path: string): string {
  return readFileSync(path, 'utf8')
}

/** Windows has no such bits. */
function isOpenToAll(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0
}

async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  surviveFaults(log)
  const applied = await migrate({ url: config.databaseUrl, now: Date.now })
  if (applied.length > 0) log.info({ applied }, 'migrated')
  const app = await createApp(config, log)
  const address = await app.http.app.listen({ host: config.host, port: config.port })
  const metrics = config.metrics && (await app.metrics.listen(config.metrics))
  stopOnSignals(app, config, log)
  log.info(
    { address, metrics, environment: config.environment, stateStore: config.stateStore.kind },
    'listening',
  )
  if (config.environment === 'production') warnInProduction(config, log)
  else process.stdout.write(welcome(address, config))
}

/**
 * The first signal stops in order; the second, or the time limit, at once and with status 1. SIGTERM comes from whoever runs
 * the process behind a load balancer, which is given time to see that readiness is red; SIGINT from somebody at a keyboard.
 */
function stopOnSignals(app: App, config: Config, log: Logger): void {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), config.shutdownSeconds * 1000).unref()
    app.http.announceStop()
    if (signal === 'SIGTERM') await sleep(config.drainSeconds * 1000)
    await app.close()
    log.info({}, 'stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}

function warnInProduction(config: Config, log: Logger): void {
  const { mail, sms } = config.messages
  const unsent = Object.entries({ mail, sms }).filter(([, ways]) =>
    ways.every(({ kind }) => kind === 'outbox'),
  )
  if (unsent.length > 0)
    log.warn(
      { outbox: `${config.dataDir}/outbox`, of: unsent.map(([channel]) => channel) },
      'no way to send messages is configured: they are written to the outbox file',
    )
  if (!config.requireHttps && config.tls === null)
    log.warn({}, 'REQUIRE_HTTPS is off: requests are taken over plain HTTP')
  if (config.publicUrl === null) log.warn({}, 'PUBLIC_URL is not set: tokens name no address as their issuer')
}

function welcome(address: string, config: Config): string {
  return `
  GraphQL   ${address}/graphql   (open it in a browser: an IDE that works offline)
  Health    ${address}/readyz
  Keys      ${address}/.well-known/jwks.json
  Messages  ${whereMessagesGo(config, address)}

`
}

function whereMessagesGo({ messages: { mail, sms }, dataDir, devOutbox }: Config, address: string): string {
  const page = devOutbox === 'off' ? '' : `${address}/dev/outbox, `
  const outbox = `${page}${dataDir}/outbox/outbox.jsonl, and here`
  const nameOf = ({ kind }: { readonly kind: string }) => (kind === 'outbox' ? outbox : kind)
  return [...new Set([...mail, ...sms].map(nameOf))].join('; ')
}

async function migrateUp(config: Config): Promise<void> {
  const applied = await migrate({ url: config.databaseUrl, now: Date.now })
  process.stdout.write(
    applied.length === 0 ? 'Nothing to do.\n' : applied.map((name) => `applied ${name}\n`).join(''),
  )
}

async function printMigrations(config: Config): Promise<void> {
  const { applied, pending } = await migrationStatus({ url: config.databaseUrl, now: Date.now })
  process.stdout.write(
    [...applied.map((name) => `applied ${name}\n`), ...pending.map((name) => `pending ${name}\n`)].join(''),
  )
}

async function administer(command: (app: App) => Promise<void>): Promise<void> {
  await run(async (config) => {
    const app = await createApp(config, createLog(config.logLevel), { show: null })
    await command(app).finally(() => app.close())
    process.stdout.write('Done.\n')
  })
}

/** Works on the keys that the gateway keeps; every node follows within half a minute. */
async function withKeys(command: (ring: KeyRing) => Promise<string>): Promise<void> {
  await run(async (config) => {
    const app = await createApp(config, createLog(config.logLevel), { show: null })
    try {
      if (!app.keyRing) throw new Error('JWT_KEYS or JWT_SECRET give the keys: there are none to keep.')
      process.stdout.write(await command(app.keyRing))
    } finally {
      await app.close()
    }
  })
}

function keyLine({ kid, algorithm, state, createdAt, signsFrom }: KeyStanding): string {
  return `${kid}  ${algorithm}  ${state.padEnd(8)}  made ${createdAt.toISOString()}  signs from ${signsFrom.toISOString()}\n`
}

async function retire(ring: KeyRing, kid: string): Promise<string> {
  if (!(await ring.retire(kid))) throw new Error('There is no such key.')
  return 'Done.\n'
}

/** The secret goes to the service, its hash to the setting: neither can be had from the other side. */
function printClientSecret(id: string): void {
  if (!CLIENT_ID.test(id)) program.error('An id has 1 to 64 characters of A-Z, a-z, 0-9, ".", "_" and "-".')
  const secret = newClientSecret(systemRandom)
  process.stdout.write(`Secret for the service, shown this once:
  ${secret}
Entry for INTROSPECTION_CLIENTS (SHA-256, which is right for a random secret and for no other):
  ${id}:${hashClientSecret(secret)}
`)
}

async function generateKeys({ keys: { algorithm } }: Config): Promise<void> {
  if (algorithm === 'HS256') throw new Error('JWT_ALGORITHM is HS256: its key is the secret JWT_SECRET.')
  process.stdout.write(`${JSON.stringify({ keys: [await newSigningJwk(algorithm)] })}\n`)
}
