import type { Notice, Recipient } from './notice.ts'

/** What a message says. */
export interface MessageWords {
  /** One line. */
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** What an e-mail says, in the first of the languages that there are words for. */
export function mailWords(notice: Notice, _languages: Recipient['languages']): MessageWords {
  const { subject, text } = wordsOf(notice)
  return { subject, text, html: `<p>${escapeHtml(text)}</p>` }
}

/** What a text message says. */
export function smsWords(notice: Notice, _languages: Recipient['languages']): string {
  return wordsOf(notice).text
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
}

const CODE_SUBJECTS = {
  LOGIN: 'Your sign-in code',
  VERIFY_EMAIL: 'Confirm your e-mail address',
  VERIFY_PHONE: 'Confirm your phone number',
  RESET_PASSWORD: 'Choose a new password',
} as const

function wordsOf(notice: Notice): { subject: string; text: string } {
  switch (notice.kind) {
    case 'code':
      return {
        subject: CODE_SUBJECTS[notice.purpose],
        text: `Your code is ${notice.code}\n\nIt is valid for ${notice.minutes} minutes and works once. If you did not ask for it, ignore this message; never tell the code to anyone.`,
      }
    case 'address-taken':
      return {
        subject: 'You already have an account',
        text: 'Someone, perhaps you, tried to register with this address. You already have an account: sign in instead. If it was not you, nothing has changed and there is nothing to do.',
      }
    case 'refresh-reused':
      return {
        subject: 'A session of yours was ended',
        text: 'A sign-in token of your account was used a second time, as happens when it has been copied. We ended that session. Sign in again; if you suspect a stranger, end your other sessions too.',
      }
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        text: 'The password of your account was changed and other sessions have ended. If it was not you, choose a new password at once.',
      }
    case 'phone-changed':
      return {
        subject: 'Your phone number was changed',
        text: `The phone number of your account is now ${notice.phone}. If it was not you, end your sessions and choose a new password.`,
      }
    case 'totp-enabled':
      return {
        subject: 'An authenticator app was added',
        text: 'Signing in to your account now asks for a code of your authenticator app. If it was not you, choose a new password at once.',
      }
    case 'totp-disabled':
      return {
        subject: 'Your authenticator app was removed',
        text: 'Signing in to your account no longer asks for a code of an authenticator app. If it was not you, choose a new password at once.',
      }
    case 'recovery-code-used':
      return {
        subject: 'A recovery code was used',
        text: `Someone signed in to your account with a recovery code; ${notice.left} are left. If it was not you, choose a new password at once.`,
      }
  }
}
