import { measureOffset } from '../adapters/database/database-clock.ts'
import type { Database } from '../adapters/database/database.ts'
import { SntpError } from '../adapters/ntp/sntp-packet.ts'
import { measureNtpOffset, type NtpServer } from '../adapters/ntp/sntp.ts'
import { measureStoreOffset } from '../adapters/state-store/redis-clock.ts'
import type { Config } from '../config/config.ts'
import { SECOND_MS } from '../core/duration.ts'
import { createFindings, type Finding } from '../core/finding.ts'
import { systemRandom } from '../core/secrets.ts'

/** Difference between two clocks that is reported as a problem, in milliseconds: as `clock.corrected` is. */
const REPORTED_OFFSET_MS = 2 * SECOND_MS

/** Compares the clock of this machine with those of the database server and the state store. */
export async function diagnoseClocks(
  { store: { stateStore } }: Config,
  database: Database,
): Promise<readonly Finding[]> {
  const findings = createFindings('clock')
  if (database.dialect === 'postgresql')
    compare(findings, 'the database', await measureOffset(database, Date.now))
  else findings.ok('SQLite uses the clock of this machine')
  const offset = await measureStoreOffset(stateStore, Date.now, systemRandom).catch(() => null)
  if (offset !== null) compare(findings, 'the state store', offset)
  return findings.list
}

/** Compares the clock of this machine with that of an NTP server. */
export async function diagnoseNtp(server: NtpServer): Promise<readonly Finding[]> {
  const findings = createFindings('clock')
  const name = `the NTP server ${server.host}`
  try {
    compare(findings, name, await measureNtpOffset(server, { local: Date.now, random: systemRandom }))
  } catch (error) {
    findings.warn(`${name} ${describeFailure(error)}`, 'check its name, and that UDP packets reach its port')
  }
  return findings.list
}

/** `offset`: milliseconds by which the other clock is ahead. */
function compare(findings: ReturnType<typeof createFindings>, name: string, offset: number): void {
  const text = `${name} is ${Math.abs(offset)} ms ${offset < 0 ? 'behind' : 'ahead of'} this machine`
  if (Math.abs(offset) < REPORTED_OFFSET_MS) findings.ok(text)
  else findings.warn(text, 'synchronize the clocks (NTP)')
}

function describeFailure(error: unknown): string {
  if (error instanceof SntpError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return `cannot be reached (${code})`
}
