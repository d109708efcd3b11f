import type { Dimension } from './limit-record.ts'

/** A field that is not counted by a dimension, and the reason. */
export interface Uncounted {
  readonly field: string
  readonly per: Dimension
  readonly why: string
}

/** The complete list; `test/docs/limits-page.test.ts` accepts no other. */
export const UNCOUNTED: readonly Uncounted[] = [
  {
    field: 'requestOtp',
    per: 'account and network',
    why: 'More networks do not get more messages to a destination; a rejected request uses up none of them.',
  },
  {
    field: 'register',
    per: 'account and network',
    why: 'Messages to an address are counted for the address, over all networks.',
  },
  {
    field: 'register',
    per: 'device',
    why: 'A device is known to accounts that it has signed in to. A new account has none.',
  },
  {
    field: 'register',
    per: 'all',
    why: 'Registrations are bounded by the queue of password hashing and by `MAX_IN_FLIGHT`; text messages have a budget.',
  },
  {
    field: 'refresh',
    per: 'account',
    why: 'Each session is counted by itself, and an account has at most `SESSIONS_PER_USER` sessions.',
  },
  {
    field: 'refresh',
    per: 'account and network',
    why: 'A session is narrower: its token identifies it, from all networks.',
  },
  { field: 'refresh', per: 'device', why: 'A session is on one device, and has a limit of its own.' },
]

/** A mutation or a list that has no limit, and the reason. */
export interface Unlimited {
  /** Field of the schema. */
  readonly field: string
  readonly why: string
}

/** The complete list; `test/graphql/rate-rules.test.ts` accepts no other. */
export const UNLIMITED: readonly Unlimited[] = [
  {
    field: 'logout',
    why: 'Signing out must always work. It ends the session that it is called with, so an account can call it once per sign-in; without a valid token it writes nothing.',
  },
  {
    field: 'devOutbox',
    why: 'It is part of the schema of development only, and callers of other networks are rejected.',
  },
]
