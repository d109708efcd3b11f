import type { Notification } from '../../src/features/notifications/notification.ts'

const LINK = 'https://auth.example.com/verify?challenge=abc&code=123456'
const PURPOSES = ['LOGIN', 'VERIFY_EMAIL', 'VERIFY_PHONE', 'RESET_PASSWORD'] as const

/** The notice of a code. */
export function codeNotice(
  purpose: (typeof PURPOSES)[number] = 'LOGIN',
  link: string | null = null,
  minutes = 5,
): Extract<Notification, { kind: 'code' }> {
  return { kind: 'code', purpose, code: '123456', minutes, link }
}

/** One notice of each kind that is no code. */
export const TOLD = {
  'address-taken': { kind: 'address-taken' },
  'refresh-reused': { kind: 'refresh-reused' },
  'password-changed': { kind: 'password-changed' },
  'phone-changed': { kind: 'phone-changed', phone: '+44•••••••456' },
  'totp-enabled': { kind: 'totp-enabled' },
  'totp-disabled': { kind: 'totp-disabled' },
  'recovery-codes-replaced': { kind: 'recovery-codes-replaced' },
  'recovery-code-used': { kind: 'recovery-code-used', left: 4 },
} as const satisfies {
  [Kind in Exclude<Notification['kind'], 'code'>]: Extract<Notification, { kind: Kind }>
}

/** Codes of every purpose, with a link and without. */
export const CODES: readonly Notification[] = PURPOSES.flatMap((purpose) => [
  codeNotice(purpose),
  codeNotice(purpose, LINK),
])

/** Every notice there is. */
export const EVERY_NOTICE: readonly Notification[] = [...CODES, ...Object.values(TOLD)]
