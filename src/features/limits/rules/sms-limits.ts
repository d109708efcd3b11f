import { DAY_MS, HOUR_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

const SMS_FIELDS = ['requestOtp', 'registerPhone'] as const

/** Limits of text messages, which cost money. */
export const SMS_LIMITS = {
  smsPerNetwork: {
    name: 'sms-network',
    max: 20,
    windowMs: HOUR_MS,
    per: 'network',
    fields: SMS_FIELDS,
    meaning: 'Text messages that one network requests, to all numbers.',
  },
  // SMS pumping walks through such a block.
  smsPerBlock: {
    name: 'sms-block',
    max: 20,
    windowMs: HOUR_MS,
    per: 'number block',
    fields: SMS_FIELDS,
    meaning: 'Text messages to numbers that differ only in their last four digits.',
  },
  smsDaily: {
    name: 'sms-daily',
    maxSetting: 'SMS_DAILY_BUDGET',
    windowMs: DAY_MS,
    per: 'all',
    fields: SMS_FIELDS,
    meaning: 'Text messages of the whole installation. E-mails are not affected.',
  },
} as const satisfies LimitRecords
