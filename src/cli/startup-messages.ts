import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'

/** Warns of settings that a production system should not have. */
export function warnInProduction(config: Config, log: Logger): void {
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

/** The addresses that development prints after the start. */
export function buildWelcome(address: string, config: Config): string {
  return `
  GraphQL   ${address}/graphql   (open it in a browser: an IDE that works offline)
  Health    ${address}/readyz
  Keys      ${address}/.well-known/jwks.json
  Messages  ${describeMessageTargets(config, address)}

`
}

function describeMessageTargets(
  { messages: { mail, sms }, dataDir, devOutbox }: Config,
  address: string,
): string {
  const page = devOutbox === 'off' ? '' : `${address}/dev/outbox, `
  const outbox = `${page}${dataDir}/outbox/outbox.jsonl, and here`
  const describe = ({ kind }: { readonly kind: string }) => (kind === 'outbox' ? outbox : kind)
  return [...new Set([...mail, ...sms].map(describe))].join('; ')
}
