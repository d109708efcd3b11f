import { chooseLanguage, type Language } from '../../core/languages.ts'
import { toSingleLine } from '../../core/template.ts'
import type { Notification, Recipient } from './notification.ts'
import { renderCodeMail, renderPlainMail, type RenderedMail } from './render-mail.ts'
import { renderCodeSms, renderPlainSms, toBoundDomain } from './render-sms.ts'

/** Options of the message renderer. */
export interface MessageRendererOptions {
  /** The name of the service. */
  readonly product: string
  /** The public URL of the service, from the settings only, never from a request; null: none. */
  readonly publicUrl: string | null
  /** The language of a message when no preferred language is available. */
  readonly language: Language
}

/** Renders notifications in the best available language of `languages` (`Recipient`). */
export interface MessageRenderer {
  /** Renders an e-mail. */
  readonly renderMail: (notification: Notification, languages: Recipient['languages']) => RenderedMail
  /**
   * Renders a text message. A code comes first, in one segment where possible, bound to the domain of the
   * service.
   */
  readonly renderSms: (notification: Notification, languages: Recipient['languages']) => string
}

/** Renders messages from the catalogues (`src/locales`) and the compiled templates (`templates/`). */
export function createMessageRenderer(options: MessageRendererOptions): MessageRenderer {
  const product = toSingleLine(options.product)
  const domain = options.publicUrl === null ? null : toBoundDomain(options.publicUrl)
  return {
    renderMail(notification, languages) {
      const language = chooseLanguage(languages, options.language)
      return notification.kind === 'code'
        ? renderCodeMail(notification, language, product)
        : renderPlainMail(notification, language, product)
    },
    renderSms(notification, languages) {
      const language = chooseLanguage(languages, options.language)
      return notification.kind === 'code'
        ? renderCodeSms(notification, language, product, domain)
        : renderPlainSms(notification, language, product)
    },
  }
}
