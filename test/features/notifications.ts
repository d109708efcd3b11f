import type { Notification } from '../../src/features/notifications/notification.ts'

const LINK = 'https://auth.example.com/verify?challenge=abc&code=123456'
const PURPOSES = ['LOGIN', 'VERIFY_EMAIL', 'VERIFY_PHONE', 'RESET_PASSWORD'] as const

const ORIGIN = { at: '2026-11-25T19:21:05.000Z', network: '203.0.113.x', device: 'Firefox on Linux' }
const UNDO = { link: 'https://auth.example.com/undo-change#token=abc.def', hours: 72 }

/** The notification of a code. */
export function codeNotification(
  purpose: (typeof PURPOSES)[number] = 'LOGIN',
  link: string | null = null,
  minutes = 5,
): Extract<Notification, { kind: 'code' }> {
  return { kind: 'code', purpose, code: '123456', minutes, link }
}

/** One notification of each kind without a code. */
export const PLAIN_NOTIFICATIONS = {
  'address-taken': { kind: 'address-taken' },
  'refresh-reused': { kind: 'refresh-reused' },
  'password-dropped': { kind: 'password-dropped' },
  'password-changed': { kind: 'password-changed' },
  'phone-changed': { kind: 'phone-changed', phone: '+44•••••••456' },
  'phone-removed': { kind: 'phone-removed', phone: '+44•••••••456' },
  'password-reset-contact-removed': {
    kind: 'password-reset-contact-removed',
    contact: '+44•••••••456',
  },
  'change-undone': { kind: 'change-undone' },
  'second-factor-reset': { kind: 'second-factor-reset' },
  'api-key-created': { kind: 'api-key-created', apiKey: 'gwk_0123456789abcdefghijklmn' },
  'totp-enabled': { kind: 'totp-enabled' },
  'totp-disabled': { kind: 'totp-disabled' },
  'recovery-codes-replaced': { kind: 'recovery-codes-replaced' },
  'recovery-code-used': { kind: 'recovery-code-used', left: 4 },
} as const satisfies {
  [Kind in Exclude<Notification['kind'], 'code'>]: Extract<Notification, { kind: Kind }>
}

/** Codes of every purpose, with and without a link. */
export const CODES: readonly Notification[] = PURPOSES.flatMap((purpose) => [
  codeNotification(purpose),
  codeNotification(purpose, LINK),
])

/** The same with the request and an undo link. */
export const UNDOABLE_NOTIFICATIONS: readonly Notification[] = Object.values(PLAIN_NOTIFICATIONS).map(
  (notification) => ({ ...notification, origin: ORIGIN, undo: UNDO }),
)

/** Every notification. */
export const EVERY_NOTIFICATION: readonly Notification[] = [
  ...CODES,
  ...Object.values(PLAIN_NOTIFICATIONS),
  ...UNDOABLE_NOTIFICATIONS,
]
