import type { EmailAddress } from '../../core/contact.ts'
import type { Log } from '../../ports/log.ts'
import type { Mailer } from '../../ports/mailer.ts'

/** What the notices need. */
export interface NoticeDependencies {
  readonly mailer: Mailer
  readonly log: Log
}

/** Something to tell a person. */
export type Notice =
  | {
      readonly kind: 'code'
      readonly purpose: 'LOGIN' | 'VERIFY_EMAIL'
      readonly code: string
      readonly minutes: number
    }
  | { readonly kind: 'address-taken' }
  | { readonly kind: 'refresh-reused' }

/** Decides what a message says. How it travels is the mailer's business. */
export class NoticeService {
  readonly #deps: NoticeDependencies
  readonly #underWay = new Set<Promise<void>>()

  constructor(deps: NoticeDependencies) {
    this.#deps = deps
  }

  /**
   * Starts a message on its way and returns at once: whether, when and how it is delivered shows in no answer and in no
   * answer's time (security statement 34). A failure is logged.
   */
  send(to: EmailAddress, notice: Notice): void {
    const { mailer, log } = this.#deps
    const delivery = mailer
      .send({ to, ...wordsOf(notice) })
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

function wordsOf(notice: Notice): { subject: string; text: string } {
  switch (notice.kind) {
    case 'code':
      return {
        subject: notice.purpose === 'LOGIN' ? 'Your sign-in code' : 'Confirm your e-mail address',
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
  }
}
