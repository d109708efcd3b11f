import type { Log } from '../../ports/log.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { MessageWording } from './message-words.ts'
import type { Notice, Recipient } from './notice.ts'

/** What the notices need. */
export interface NoticeDependencies {
  readonly mailer: Mailer
  readonly words: MessageWording
  readonly log: Log
}

/** Hands messages over. What they say is `message-words.ts`'s business, how they travel the mailer's. */
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
    const { mailer, words, log } = this.#deps
    if (!recipient) return
    const delivery = mailer
      .send({ to: recipient.contact.address, ...words.mailWords(notice, recipient.languages) })
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
