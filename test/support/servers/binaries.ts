import { describe } from 'vitest'
import { findBinary } from './find-binary.ts'

/** Commands that install the servers of test suites. */
export const INSTALL_COMMANDS = {
  redis: 'apt-get install redis-server',
  memcached: 'apt-get install memcached',
  postgresql: 'apt-get install postgresql',
  pgbouncer: 'apt-get install pgbouncer',
  chromium: 'apt-get install chromium',
  faketime: 'apt-get install faketime',
  nginx: 'apt-get install nginx',
  kubectl: 'apt-get install kubernetes-client',
  systemd: 'apt-get install systemd',
  prometheus: 'apt-get install prometheus',
} as const
/** A server that suites can require. */
export type ServerName = keyof typeof INSTALL_COMMANDS

const PROGRAMS: Readonly<Record<ServerName, readonly string[]>> = {
  redis: ['redis-server'],
  memcached: ['memcached'],
  postgresql: ['initdb', 'postgres'],
  pgbouncer: ['pgbouncer'],
  chromium: ['chromium'],
  faketime: ['faketime'],
  nginx: ['nginx'],
  kubectl: ['kubectl'],
  systemd: ['systemd-analyze'],
  prometheus: ['prometheus', 'promtool'],
}

/** Whether the programs of a server are installed. */
export function hasServer(name: ServerName): boolean {
  return PROGRAMS[name].every((program) => findBinary(program) !== null)
}

/**
 * `describe` for a suite that needs servers. If one is missing, the suite is skipped and its title names the
 * install command. With `CI=true` it fails instead, so that a skipped suite does not pass unnoticed.
 */
export function describeWith(servers: readonly ServerName[], title: string, suite: () => void): void {
  const missing = servers.filter((name) => !hasServer(name))
  if (missing.length === 0) return void describe(title, suite)
  const titleWithNeeds = `${title} — needs ${missing.map((name) => `${name} (${INSTALL_COMMANDS[name]})`).join(' and ')}`
  if (process.env['CI'] === 'true') throw new Error(titleWithNeeds)
  describe.skip(titleWithNeeds, suite)
}
