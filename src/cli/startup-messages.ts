import type { Config } from '../config/config.ts'
import { findUnknownSettings } from '../config/unknown-settings.ts'
import { coversHost } from '../core/certificates.ts'
import type { Logger } from '../ports/logger.ts'

/** Logs that the gateway listens, and what people should know about it then. `facts`: further facts. */
export function announceListening(
  config: Config,
  log: Logger,
  addresses: { readonly address: string; readonly metrics: string | null },
  facts: { readonly workers?: number } = {},
): void {
  const { environment } = config.server
  const stateStore = config.store.stateStore.kind
  const startMs = Math.round(performance.now())
  log.info(
    { event: 'server.listening', ...addresses, environment, stateStore, startMs, ...facts },
    'server listening',
  )
  if (environment === 'production') warnInProduction(config, log)
  else process.stdout.write(buildWelcome(addresses.address, config))
}

/** Logs a warning for each setting that is probably wrong or unsafe. */
export function warnOfSettings(
  config: Config,
  variables: Readonly<Record<string, string | undefined>>,
  log: Logger,
): void {
  warnOfUnknownSettings(variables, log)
  warnOfStandards(config, log)
  if (config.server.environment === 'production') warnInProduction(config, log)
}

/** Logs a warning for each setting that is unsafe or incomplete in production. */
export function warnInProduction({ messages, server, transport }: Config, log: Logger): void {
  const { mail, sms } = messages
  const channels = Object.entries({ mail, sms })
    .filter(([, transports]) => transports.every(({ kind }) => kind === 'outbox'))
    .map(([channel]) => channel)
  if (channels.length > 0)
    log.warn(
      { event: 'config.no_message_transport', channels, folder: `${server.dataDir}/outbox` },
      'no message transport is configured: messages are written to a file and not sent',
    )
  if (!transport.requireHttps && transport.tls === null)
    log.warn(
      { event: 'config.https_not_required' },
      'REQUIRE_HTTPS is off: requests over plain HTTP are accepted',
    )
  if (
    transport.tls !== null &&
    server.publicUrl !== null &&
    !coversHost(transport.tls.cert, server.publicUrl)
  )
    log.warn(
      { event: 'config.certificate_mismatch' },
      'TLS_CERT is not valid for the host of PUBLIC_URL: clients will reject it',
    )
  if (server.publicUrl === null)
    log.warn(
      { event: 'config.public_url_missing' },
      'PUBLIC_URL is not set: the issuer of tokens is not a URL, and discovery is off',
    )
}

/** Codes of a longer lifetime do not comply with NIST SP 800-63B-4 §3.1.3.1. */
const NIST_OTP_MINUTES = 10

/** Logs a warning for each setting that a standard advises against. */
export function warnOfStandards({ otp: { minutes } }: Config, log: Logger): void {
  if (minutes > NIST_OTP_MINUTES)
    log.warn(
      { event: 'config.otp_lifetime_long', minutes },
      `OTP_EXPIRATION_MINUTES is ${minutes}: NIST SP 800-63B allows one-time codes at most ${NIST_OTP_MINUTES} minutes`,
    )
}

/** Logs a warning for each variable that is no setting and is probably meant as one. */
export function warnOfUnknownSettings(
  variables: Readonly<Record<string, string | undefined>>,
  log: Logger,
): void {
  for (const { name, nearest } of findUnknownSettings(variables))
    log.warn(
      { event: 'config.unknown_setting', setting: name, nearest },
      `unknown setting ${name}${nearest === null ? '' : `, did you mean ${nearest}?`}`,
    )
}

/** The addresses that development prints at startup. */
export function buildWelcome(address: string, config: Config): string {
  const app = config.server.servesApp ? `\n  App       ${address}/app` : ''
  return `${app}
  GraphQL   ${address}/graphql   (open in a browser for an offline IDE)
  Health    ${address}/readyz
  Keys      ${address}/.well-known/jwks.json
  Messages  ${describeMessageTargets(config, address)}

`
}

function describeMessageTargets(
  { messages: { mail, sms }, server: { dataDir }, development: { mailbox } }: Config,
  address: string,
): string {
  const page = mailbox === 'off' ? '' : `${address}/dev/outbox, `
  const outbox = `${page}${dataDir}/outbox/outbox.jsonl and this console`
  const describe = ({ kind }: { readonly kind: string }) => (kind === 'outbox' ? outbox : kind)
  return [...new Set([...mail, ...sms].map(describe))].join('; ')
}
