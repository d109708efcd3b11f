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
    meaning:
      'Text messages that one network requests, to all numbers, whether or not one is sent. Known devices are not counted.',
  },
  // SMS pumping walks through such a block.
  smsPerBlock: {
    name: 'sms-block',
    max: 20,
    windowMs: HOUR_MS,
    per: 'number block',
    fields: SMS_FIELDS,
    meaning:
      'Text messages to new numbers that differ only in their last four digits. Numbers that an account has verified are neither counted nor rejected.',
  },
  smsDailyOfNewNumbers: {
    name: 'sms-daily-new',
    maxSetting: 'SMS_DAILY_BUDGET',
    share: 1 / 2,
    windowMs: DAY_MS,
    per: 'all',
    fields: SMS_FIELDS,
    meaning: 'Text messages to new numbers. The rest of the budget remains for numbers with an account.',
  },
  smsDailyOfStrangers: {
    name: 'sms-daily-strangers',
    maxSetting: 'SMS_DAILY_BUDGET',
    share: 3 / 4,
    windowMs: DAY_MS,
    per: 'all',
    fields: SMS_FIELDS,
    meaning: 'Text messages that strangers request. The rest of the budget remains for known devices.',
  },
  smsDaily: {
    name: 'sms-daily',
    maxSetting: 'SMS_DAILY_BUDGET',
    share: 1,
    windowMs: DAY_MS,
    per: 'all',
    fields: SMS_FIELDS,
    meaning: 'Text messages of the whole installation. E-mails are not affected.',
  },
} as const satisfies LimitRecords
