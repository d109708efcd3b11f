import type { Contact } from '../../core/contact.ts'
import { OTP_DAILY, OTP_HOURLY, OTP_RESEND, OTP_RESENDS } from '../limits/limit-rules.ts'
import type { LimitService } from '../limits/limit-service.ts'

/** Leave to send one message, and when the next may be asked for. */
export interface Admission {
  /** Seconds. */
  readonly resendAvailableIn: number
}

/** The shortest window first: who waits a minute has used up nothing of the day. */
const RULES = [OTP_RESEND, OTP_RESENDS, OTP_HOURLY, OTP_DAILY]

/**
 * Leave to send a code to a destination, claimed before any work is done for it and whether or not anybody is there.
 * Throws `RATE_LIMITED`.
 */
export async function admitMessage(limits: LimitService, { channel, address }: Contact): Promise<Admission> {
  let waitMs = 0
  for (const rule of RULES) {
    const { remaining, resetsInMs } = await limits.claim(rule, channel, address)
    if (remaining === 0) waitMs = Math.max(waitMs, resetsInMs)
  }
  return { resendAvailableIn: Math.ceil(waitMs / 1000) }
}
