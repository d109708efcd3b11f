import { expect, it } from 'vitest'
import { warnOfStandards } from '../../src/cli/startup-messages.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { createLog } from '../../src/http/log.ts'

it.each([
  ['10', 0],
  ['11', 1],
  ['30', 1],
])(
  'codes that live %s minutes are logged at the start if NIST SP 800-63B rejects them (SR-024)',
  (minutes, count) => {
    const lines: string[] = []
    const log = createLog('warn', { write: (line) => void lines.push(line) })
    const variables = { OTP_EXPIRATION_MINUTES: minutes }
    warnOfStandards(loadConfig({ variables, readFile: () => '' }), log)
    expect(lines).toHaveLength(count)
    for (const line of lines) expect(line).toMatch(/OTP_EXPIRATION_MINUTES.*NIST SP 800-63B/)
  },
)
