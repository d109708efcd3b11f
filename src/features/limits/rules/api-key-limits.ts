import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

/**
 * Limits of API keys. A secret of 256 random bits cannot be guessed: they bound the load, and what a program
 * in a loop writes. A key is counted after its secret was compared, so that strangers, who may know its
 * public id, do not use up its limit.
 */
export const API_KEY_LIMITS = {
  createApiKey: {
    name: 'field-create-api-key',
    max: 30,
    windowMs: DAY_MS,
    per: 'account',
    fields: ['createApiKey'],
    meaning: 'API keys that one account creates. Existing keys are not affected.',
  },
  apiKeys: {
    name: 'field-api-keys',
    max: 120,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['apiKeys'],
    meaning: 'Lists of API keys that one account reads.',
  },
  revokeApiKey: {
    name: 'field-revoke-api-key',
    max: 60,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['revokeApiKey'],
    meaning: 'API keys that one account revokes.',
  },
  issueToken: {
    name: 'field-issue-token',
    max: 300,
    windowMs: 5 * MINUTE_MS,
    per: 'network',
    fields: ['issueToken'],
    meaning: 'Tokens that programs of one network request, with genuine secrets and others.',
  },
  tokensOfKey: {
    name: 'tokens-of-api-key',
    max: 120,
    windowMs: 15 * MINUTE_MS,
    per: 'API key',
    fields: ['issueToken'],
    meaning:
      'Tokens of one key, from all networks, with its genuine secret. A token is valid for minutes: programs that share a storage need one at a time.',
  },
  refusalsOfKey: {
    name: 'api-key-refusals',
    max: 60,
    windowMs: HOUR_MS,
    per: 'API key',
    fields: ['issueToken'],
    meaning:
      'Refused requests with the id of one key that are written to the audit trail of its account, each by itself. Further ones are written without the account, in sums. It refuses nothing.',
  },
} as const satisfies LimitRecords
