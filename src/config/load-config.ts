import type { z } from 'zod'
import type { Config } from './config.ts'
import { findConflicts } from './cross-checks.ts'
import { readSetting, type Environment } from './environment.ts'
import type { Setting, Settings, ValuesOf } from './setting-group.ts'
import { GROUPS, SETTINGS, type SettingValues } from './settings.ts'

export type { Config } from './config.ts'

/** The settings are invalid. Each problem is one line, which names the variable and never shows its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Invalid settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/**
 * A time at which every certificate has begun and none has ended cannot exist: NaN compares false with both.
 */
const NEVER_EXPIRED = NaN

/** Validates every setting. Throws a `ConfigError` with all problems at once. */
export function loadConfig(environment: Environment): Config {
  const values: SettingValues = parseSettings(SETTINGS, environment)
  const conflicts = findConflicts(values, environment.now?.() ?? NEVER_EXPIRED)
  if (conflicts.length > 0) throw new ConfigError(conflicts)
  return toConfig(values)
}

/** Parses settings, without the rules about several of them. Throws a `ConfigError` with all problems. */
export function parseSettings<Declared extends Settings>(
  settings: Declared,
  environment: Environment,
): ValuesOf<Declared> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const parsed = setting.type.safeParse(readSetting(name, setting, environment, problems))
    if (parsed.success) values[name] = parsed.data
    else problems.push(`${name}: expected ${parsed.error.issues.map(describeExpectation).join('; ')}`)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return values as ValuesOf<Declared>
}

function describeExpectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  return issue.message
}

function toConfig(values: SettingValues): Config {
  return {
    server: GROUPS.server.toConfig(values),
    log: GROUPS.log.toConfig(values),
    workers: GROUPS.workers.toConfig(values),
    transport: GROUPS.transport.toConfig(values),
    load: GROUPS.load.toConfig(values),
    database: GROUPS.database.toConfig(values),
    store: GROUPS.store.toConfig(values),
    cache: GROUPS.cache.toConfig(values),
    cleanup: GROUPS.cleanup.toConfig(values),
    token: GROUPS.token.toConfig(values),
    session: GROUPS.session.toConfig(values),
    apiKeys: GROUPS.apiKeys.toConfig(values),
    otp: GROUPS.otp.toConfig(values),
    password: GROUPS.password.toConfig(values),
    recovery: GROUPS.recovery.toConfig(values),
    posts: GROUPS.posts.toConfig(values),
    messages: GROUPS.messages.toConfig(values),
    branding: GROUPS.branding.toConfig(values),
    metrics: GROUPS.metrics.toConfig(values),
    tracing: GROUPS.tracing.toConfig(values),
    development: GROUPS.development.toConfig(values),
  }
}
