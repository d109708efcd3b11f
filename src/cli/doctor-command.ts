import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { parseAddress } from '../config/groups/redis-connection.ts'
import { createFindings, type Finding } from '../core/finding.ts'
import type { Logger } from '../ports/logger.ts'
import { formatFindings, formatFindingsJson } from './doctor-report.ts'
import type { RunCommand } from './run-command.ts'
import { warnOfSettings } from './startup-messages.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Port of NTP. */
const NTP_PORT = 123

/** `gateway doctor`: exit status 0 without a failure, 1 with one, 78 for settings that are invalid. */
export function addDoctorCommand(program: Command, run: RunCommand, variables: Variables): void {
  const doctor = program
    .command('doctor')
    .option('--json', 'print one JSON object')
    .option('--ntp <server>', 'compare the clock of this machine with an NTP server: host or host:port')
    .description(
      'check settings, database, state store, keys, messages and clocks; nothing is changed or sent',
    )
  doctor.action(({ json = false, ntp }: { json?: boolean; ntp?: string }) => {
    const server = ntp === undefined ? null : parseAddress(ntp, NTP_PORT)
    if (ntp !== undefined && server === null) doctor.error('error: --ntp must be a host or host:port')
    return run(async (config) => {
      const { diagnose } = await import('../composition/diagnosis.ts')
      const findings = [...findSettingProblems(config, variables), ...(await diagnose(config, server))]
      process.stdout.write((json ? formatFindingsJson : formatFindings)(findings))
      if (findings.some(({ status }) => status === 'failure')) process.exitCode = 1
    })
  })
}

/** The warnings that a start would log. */
function findSettingProblems(config: Config, variables: Variables): readonly Finding[] {
  const findings = createFindings('settings')
  const warn: Logger['warn'] = (_facts, message) => findings.warn(message, 'see configuration.md')
  const ignore = () => undefined
  const log: Logger = { debug: ignore, info: ignore, warn, error: ignore, fatal: ignore }
  warnOfSettings(config, variables, log)
  if (findings.list.length === 0) findings.ok('valid')
  return findings.list
}
