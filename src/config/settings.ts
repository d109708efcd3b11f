import { apiKeyGroup } from './groups/api-keys.ts'
import { brandingGroup } from './groups/branding.ts'
import { cacheGroup } from './groups/cache.ts'
import { cleanupGroup } from './groups/cleanup.ts'
import { databaseGroup } from './groups/database.ts'
import { developmentGroup } from './groups/development.ts'
import { loadGroup } from './groups/load.ts'
import { logGroup } from './groups/log.ts'
import { messageGroup } from './groups/messages/messages.ts'
import { metricsGroup } from './groups/metrics.ts'
import { otpGroup } from './groups/otp.ts'
import { passwordGroup } from './groups/password.ts'
import { postGroup } from './groups/posts.ts'
import { recoveryGroup } from './groups/recovery.ts'
import { serverGroup } from './groups/server.ts'
import { sessionGroup } from './groups/session.ts'
import { storeGroup } from './groups/store.ts'
import { tokenGroup } from './groups/token.ts'
import { tracingGroup } from './groups/tracing.ts'
import { transportGroup } from './groups/transport.ts'
import { workerGroup } from './groups/workers.ts'
import type { Settings, ValuesOf } from './setting-group.ts'

/** Every group, under the name of its member of `Config`, in the order of the documentation. */
export const GROUPS = {
  server: serverGroup,
  log: logGroup,
  workers: workerGroup,
  transport: transportGroup,
  load: loadGroup,
  database: databaseGroup,
  store: storeGroup,
  cache: cacheGroup,
  cleanup: cleanupGroup,
  token: tokenGroup,
  session: sessionGroup,
  apiKeys: apiKeyGroup,
  otp: otpGroup,
  password: passwordGroup,
  recovery: recoveryGroup,
  posts: postGroup,
  messages: messageGroup,
  branding: brandingGroup,
  metrics: metricsGroup,
  tracing: tracingGroup,
  development: developmentGroup,
} as const

/** Every setting, by the name of its environment variable. */
export const SETTINGS = {
  ...serverGroup.settings,
  ...logGroup.settings,
  ...workerGroup.settings,
  ...transportGroup.settings,
  ...loadGroup.settings,
  ...databaseGroup.settings,
  ...storeGroup.settings,
  ...cacheGroup.settings,
  ...cleanupGroup.settings,
  ...tokenGroup.settings,
  ...sessionGroup.settings,
  ...apiKeyGroup.settings,
  ...otpGroup.settings,
  ...passwordGroup.settings,
  ...recoveryGroup.settings,
  ...postGroup.settings,
  ...messageGroup.settings,
  ...brandingGroup.settings,
  ...metricsGroup.settings,
  ...tracingGroup.settings,
  ...developmentGroup.settings,
} as const satisfies Settings

/** Parsed values of every setting, before the cross-checks. */
export type SettingValues = ValuesOf<typeof SETTINGS>
