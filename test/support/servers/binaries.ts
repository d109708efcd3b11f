import { describe } from 'vitest'
import { findBinary } from './find-binary.ts'

/** What a machine needs for the suites that use real servers, by server. */
export const INSTALL_LINES = {
  redis: 'apt-get install redis-server',
  postgresql: 'apt-get install postgresql',
  chromium: 'apt-get install chromium',
} as const
/** A server that suites may need. */
export type ServerName = keyof typeof INSTALL_LINES

const PROGRAMS: Readonly<Record<ServerName, readonly string[]>> = {
  redis: ['redis-server'],
  postgresql: ['initdb', 'postgres'],
  chromium: ['chromium'],
}

/** Whether the programs of a server are here. */
export function hasServer(name: ServerName): boolean {
  return PROGRAMS[name].every((program) => findBinary(program) !== null)
}

/**
 * `describe` for a suite that needs servers. Where one is missing the suite is reported as skipped, under a name that says
 * what to install; with `CI=true` it fails instead, so that a skip is never taken for a pass.
 */
export function describeWith(servers: readonly ServerName[], title: string, suite: () => void): void {
  const missing = servers.filter((name) => !hasServer(name))
  if (missing.length === 0) return void describe(title, suite)
  const what = `${title} — needs ${missing.map((name) => `${name} (${INSTALL_LINES[name]})`).join(' and ')}`
  if (process.env['CI'] === 'true') throw new Error(what)
  describe.skip(what, suite)
}
