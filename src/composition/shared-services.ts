import { DAY_MS } from '../core/duration.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/load-config.ts'
import { joinUrl } from '../config/setting-types.ts'
import { createDeviceTokens, type DeviceTokens } from '../core/device-tokens.ts'
import { createRegistrationProofs, type RegistrationProofs } from '../core/registration-proofs.ts'
import { deriveKey, deriveKeys } from '../core/secrets.ts'
import { AuditService } from '../features/audit/audit-service.ts'
import { AuditTrail } from '../features/audit/audit-trail.ts'
import { LimitService } from '../features/limits/limit-service.ts'
import { LIMITS } from '../features/limits/limits.ts'
import { LoginGuard } from '../features/limits/login-guard.ts'
import { createRequesterIdentifier, type IdentifyRequester } from '../features/limits/requester.ts'
import { DeliveryService } from '../features/notifications/delivery-service.ts'
import { MessageHandler } from '../features/notifications/message-handler.ts'
import { createMessageRenderer } from '../features/notifications/message-renderer.ts'
import type { OwnTemplates } from '../features/notifications/mail-templates.ts'
import { readOwnTemplates } from '../features/notifications/own-templates.ts'
import { createLanguages, type Languages } from '../locales/languages.ts'
import { readLanguages } from '../locales/read-languages.ts'
import { NotificationService } from '../features/notifications/notification-service.ts'
import type { Metrics } from '../ports/metrics.ts'

/** The services that all features use: audit, notifications and limits. */
export interface SharedServices {
  readonly languages: Languages
  readonly audit: AuditService
  readonly auditTrail: AuditTrail
  readonly notifications: NotificationService
  readonly delivery: DeliveryService
  readonly limits: LimitService
  readonly loginGuard: LoginGuard
  readonly devices: DeviceTokens
  readonly registrations: RegistrationProofs
  readonly identifyRequester: IdentifyRequester
}

/** Paths of the pages that links in messages open. */
const LINK_PAGES = ['verify-email', 'undo-change'] as const

/** Creates audit, notifications and limits. */
export function createSharedServices(config: Config, adapters: Adapters): SharedServices {
  const { audit, auditTrail } = createAudit(config, adapters)
  const languages = requireLanguages(config)
  return {
    languages,
    audit,
    auditTrail,
    ...createNotifications(config, adapters, { audit, languages }),
    ...createLimits(config, adapters),
  }
}

function createAudit(
  { database: { auditDays } }: Config,
  { auditEvents: events, metrics, log, random, now }: Adapters,
) {
  const auditTrail = new AuditTrail({ events, log, now, keepMs: auditDays * DAY_MS })
  const audit = new AuditService({ events, metrics, log, random, now, trail: auditTrail })
  return { auditTrail, audit }
}

function createNotifications(
  config: Config,
  adapters: Adapters,
  { audit, languages }: Pick<SharedServices, 'audit' | 'languages'>,
) {
  const sealingKeys = deriveKeys(adapters.masters, 'messages')
  const shared = { ...adapters, sealingKeys, audit }
  const { publicUrl } = config.server
  const ownPages = publicUrl === null ? [] : LINK_PAGES.map((path) => joinUrl(publicUrl, path))
  const ownTemplates = requireTemplates(config)
  const renderer = createMessageRenderer({ ...config.branding, languages, publicUrl, ownPages, ownTemplates })
  const handler = new MessageHandler({ ...shared, renderer, maxAttempts: config.messages.attempts })
  const delivery = new DeliveryService({ ...shared, handler })
  return { delivery, notifications: new NotificationService({ ...shared, delivery }) }
}

/** The languages of the gateway and of the operator. Throws a `ConfigError` for incomplete texts. */
function requireLanguages({ branding }: Config): Languages {
  const read = readLanguages(branding.localeFiles ?? new Map())
  if (read.kind === 'read') return createLanguages(branding.language, read.languages)
  throw new ConfigError(read.problems.map((problem) => `LOCALES_DIR: ${problem}`))
}

/** The templates of the operator. Throws a `ConfigError` for those that messages could not be sent with. */
function requireTemplates({ branding }: Config): OwnTemplates {
  const read = readOwnTemplates(branding.templateFiles ?? new Map(), branding)
  if (read.kind === 'read') return read.templates
  throw new ConfigError(read.problems.map((problem) => `TEMPLATES_DIR: ${problem}`))
}

/** Counts rejections by the name of their limit. Every limit has a series from the start. */
function countReachedLimits(metrics: Metrics): (limit: string) => void {
  for (const { name } of Object.values(LIMITS))
    metrics.count('gateway_limits_reached_total', { limit: name }, 0)
  return (limit) => metrics.count('gateway_limits_reached_total', { limit })
}

function createLimits(
  { development: { rateLimitScale: scale } }: Config,
  { store, metrics, now, random, masters }: Adapters,
) {
  const hashKey = deriveKey(masters[0], 'limits')
  const limits = new LimitService({ store, hashKey, scale, now, onReached: countReachedLimits(metrics) })
  const devices = createDeviceTokens({ keys: deriveKeys(masters, 'device'), random, now })
  const registrations = createRegistrationProofs({ keys: deriveKeys(masters, 'registration'), random, now })
  const loginGuard = new LoginGuard({ store, limits, hashKey })
  return { limits, loginGuard, devices, registrations, identifyRequester: createRequesterIdentifier(devices) }
}
