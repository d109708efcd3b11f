import type { App } from '../composition/app.ts'

type AccountReport = Awaited<ReturnType<App['administration']['show']>>

/** Controls, bidirectional and other invisible characters, which a terminal would interpret. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu

/** An account as lines for people. */
export function formatAccount(account: AccountReport): string {
  const { id, fullName, locale, roles, hasPassword, secondFactorSince, sessions, createdAt } = account
  const rows = {
    id,
    status: formatStatus(account),
    email: formatContact(account.email, account.emailVerifiedAt),
    phone: formatContact(account.phone, account.phoneVerifiedAt),
    name: fullName ?? 'none',
    language: locale ?? 'none',
    roles: roles.join(', ') || 'none',
    password: hasPassword ? 'yes' : 'no',
    'second factor': secondFactorSince ? `on since ${secondFactorSince.toISOString()}` : 'off',
    sessions: String(sessions),
    created: createdAt.toISOString(),
  }
  const width = Math.max(...Object.keys(rows).map((name) => name.length))
  return Object.entries(rows)
    .map(([name, text]) => `${name.padEnd(width)}  ${escapeUnprintable(text)}\n`)
    .join('')
}

/** Accounts as a table for people: one line each, with the contact in full. */
export function formatAccounts(accounts: Awaited<ReturnType<App['administration']['list']>>): string {
  if (accounts.length === 0) return 'No accounts.\n'
  return accounts
    .map(({ id, status, email, phone, createdAt }) => {
      const contact = escapeUnprintable(email ?? phone ?? 'none')
      return `${createdAt.toISOString()}  ${status.padEnd('SUSPENDED'.length)}  ${id}  ${contact}\n`
    })
    .join('')
}

/** An account as one line of JSON. */
export function formatAccountJson(account: AccountReport): string {
  const { id, email, emailVerifiedAt, phone, phoneVerifiedAt, fullName, locale, status } = account
  const { suspendedAt, roles, hasPassword, secondFactorSince, sessions, createdAt } = account
  const contacts = { email, emailVerifiedAt, phone, phoneVerifiedAt }
  const signIn = { hasPassword, secondFactorSince, sessions, createdAt }
  const report = { id, status, suspendedAt, ...contacts, fullName, locale, roles, ...signIn }
  return `${escapeUnprintable(JSON.stringify(report))}\n`
}

function formatStatus({ status, suspendedAt, emailVerifiedAt, phoneVerifiedAt }: AccountReport): string {
  if (status !== 'SUSPENDED') return status
  const since = suspendedAt ? ` since ${suspendedAt.toISOString()}` : ''
  return `${status}${since}, ${emailVerifiedAt || phoneVerifiedAt ? 'confirmed' : 'not confirmed'}`
}

function formatContact(address: string | null, verifiedAt: Date | null): string {
  if (address === null) return 'none'
  return `${address} (${verifiedAt ? `verified ${verifiedAt.toISOString()}` : 'not verified'})`
}

/** The same text with `\u` escapes, which are valid in JSON too. */
function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
