import { distance } from 'fastest-levenshtein'
import { SETTINGS } from './settings.ts'

/** A variable that is no setting and looks like one. */
export interface UnknownSetting {
  readonly name: string
  /** The setting with the most similar name; null where none is similar. */
  readonly nearest: string | null
}

/** Variables that container platforms inject for services (`REDIS_PORT_6379_TCP`, `GATEWAY_SERVICE_HOST`). */
const INJECTED = /_PORT_\d+_(TCP|UDP)(_|$)|_SERVICE_(HOST|PORT)|_PORT$/
/** Names that other programs read and that differ from a setting in one or two letters. */
const FOREIGN: ReadonlySet<string> = new Set([
  ...['HOSTNAME', 'NODE_ENVS', 'REDIS_HOSTS'],
  // OpenTelemetry's batch processor of log records; the one of spans is `OTEL_BSP_…`.
  ...['OTEL_BLRP_SCHEDULE_DELAY', 'OTEL_BLRP_EXPORT_TIMEOUT'],
  ...['OTEL_BLRP_MAX_QUEUE_SIZE', 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE'],
])
/** Shorter names are similar to too many others. */
const MIN_LENGTH = 6

/**
 * Variables of the environment that are probably meant as settings: those that begin with `GATEWAY_`, and
 * those whose name differs from a setting in at most two letters.
 */
export function findUnknownSettings(
  variables: Readonly<Record<string, string | undefined>>,
): readonly UnknownSetting[] {
  const known = Object.keys(SETTINGS).flatMap((name) => [name, `${name}_FILE`])
  const names = new Set(known)
  return Object.keys(variables)
    .filter((name) => !names.has(name) && !INJECTED.test(name) && !FOREIGN.has(name) && variables[name])
    .map((name) => ({ name, nearest: findNearest(name, known) }))
    .filter(({ name, nearest }) => nearest !== null || name.startsWith('GATEWAY_'))
}

function findNearest(name: string, known: readonly string[]): string | null {
  if (name.length < MIN_LENGTH) return null
  const candidates = known.map((setting) => ({ setting, letters: distance(name, setting) }))
  const [nearest] = candidates.sort((first, second) => first.letters - second.letters)
  const tolerance = name.length < 9 ? 1 : 2
  return nearest !== undefined && nearest.letters <= tolerance ? nearest.setting : null
}
