import type { OtpPurpose } from '../../core/channel.ts'
import { AuthError } from '../../core/errors.ts'
import type { CounterLabels } from '../../ports/metrics.ts'
import { COUNTERS } from '../../ports/metrics/counters.ts'

/** How a verification ended: `verified`, or the code of the error. */
type VerificationResult = CounterLabels<'gateway_otp_verifications_total'>['result']

/** Called for every verification of a code or a link. */
export type ReportVerification = (purpose: OtpPurpose, result: VerificationResult) => void

const RESULTS = COUNTERS.gateway_otp_verifications_total.labels.result

/** The result of a verification, which is reported. */
export async function reportVerification<Outcome>(
  report: ReportVerification,
  purpose: OtpPurpose,
  verify: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    const outcome = await verify()
    report(purpose, 'verified')
    return outcome
  } catch (error) {
    report(purpose, toResult(error))
    throw error
  }
}

function toResult(error: unknown): VerificationResult {
  const code = error instanceof AuthError ? error.code : null
  return RESULTS.find((result) => result === code) ?? 'other'
}
