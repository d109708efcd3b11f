import { DAY_MS } from '../core/duration.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/config.ts'
import { createDeviceTokens, type DeviceTokens } from '../core/device-tokens.ts'
import { deriveKey, deriveKeys } from '../core/secrets.ts'
import { AuditService } from '../features/audit/audit-service.ts'
import { AuditTrail } from '../features/audit/audit-trail.ts'
import { LimitService } from '../features/limits/limit-service.ts'
import { LoginGuard } from '../features/limits/login-guard.ts'
import { createRequesterIdentifier, type IdentifyRequester } from '../features/limits/requester.ts'
import { DeliveryService } from '../features/notifications/delivery-service.ts'
import { MessageHandler } from '../features/notifications/message-handler.ts'
import { createMessageRenderer } from '../features/notifications/message-renderer.ts'
import { NotificationService } from '../features/notifications/notification-service.ts'

/** The services that all features use: audit, notifications and limits. */
export interface SharedServices {
  readonly audit: AuditService
  readonly auditTrail: AuditTrail
  readonly notifications: NotificationService
  readonly delivery: DeliveryService
  readonly limits: LimitService
  readonly loginGuard: LoginGuard
  readonly devices: DeviceTokens
  readonly identifyRequester: IdentifyRequester
}

/** Creates audit, notifications and limits. */
export function createSharedServices(config: Config, adapters: Adapters): SharedServices {
  const { audit, auditTrail } = createAudit(config, adapters)
  return {
    audit,
    auditTrail,
    ...createNotifications(config, adapters, audit),
    ...createLimits(config, adapters),
  }
}

function createAudit({ store: { auditDays } }: Config, { auditEvents: events, log, random, now }: Adapters) {
  const auditTrail = new AuditTrail({ events, log, now, keepMs: auditDays * DAY_MS })
  return { auditTrail, audit: new AuditService({ events, log, random, now, trail: auditTrail }) }
}

function createNotifications(config: Config, adapters: Adapters, audit: AuditService) {
  const sealingKeys = deriveKeys(adapters.masters, 'messages')
  const shared = { ...adapters, sealingKeys, audit }
  const renderer = createMessageRenderer({ ...config.branding, publicUrl: config.server.publicUrl })
  const handler = new MessageHandler({ ...shared, renderer, maxAttempts: config.messages.attempts })
  const delivery = new DeliveryService({ ...shared, handler })
  return { delivery, notifications: new NotificationService({ ...shared, delivery }) }
}

function createLimits(
  { development: { rateLimitScale: scale } }: Config,
  { store, now, random, masters }: Adapters,
) {
  const hashKey = deriveKey(masters[0], 'limits')
  const limits = new LimitService({ store, hashKey, scale, now })
  const devices = createDeviceTokens({ keys: deriveKeys(masters, 'device'), random, now })
  const loginGuard = new LoginGuard({ store, limits, hashKey })
  return { limits, loginGuard, devices, identifyRequester: createRequesterIdentifier(devices) }
}
