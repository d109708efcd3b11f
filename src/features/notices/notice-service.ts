import type { Log } from '../../ports/log.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { Notice, Recipient } from './notice.ts'

/** What the notices need. */
export interface NoticeDependencies {
  readonly mailer: Mailer
  readonly log: Log
}

/** Decides what a message says. How it travels is the mailer's business. */
export class NoticeService {
  readonly #deps: NoticeDependencies
  readonly #underWay = new Set<Promise<void>>()

  constructor(deps: NoticeDependencies) {
    this.#deps = deps
  }

  /**
   * Takes a message over and returns: whether, when and how it is delivered shows in no answer and in no answer's time
   * (security statement 34). A null recipient costs the same and sends nothing.
   */
  async send(recipient: Recipient | null, notice: Notice): Promise<void> {
    const { mailer, log } = this.#deps
    if (!recipient) return
    const delivery = mailer
      .send({ to: recipient.contact.address, ...wordsOf(notice) })
      .catch((cause: unknown) =>
        log.error({ err: cause, notice: notice.kind }, 'a message could not be handed over'),
      )
      .finally(() => this.#underWay.delete(delivery))
    this.#underWay.add(delivery)
  }

  /** Resolves when every message begun so far has been handed over or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }
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
    case 'recovery-codes-replaced':
      return {
        subject: 'Your recovery codes were replaced',
        text: 'New recovery codes were made for your account; the ones before work no more. If it was not you, choose a new password at once.',
      }
    case 'recovery-code-used':
      return {
        subject: 'A recovery code was used',
        text: `Someone signed in to your account with a recovery code; ${notice.left} are left. If it was not you, choose a new password at once.`,
      }
  }
}
