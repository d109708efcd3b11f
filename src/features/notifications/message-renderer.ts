import { chooseLanguage } from '../../core/languages.ts'
import type { Languages } from '../../locales/languages.ts'
import { toSingleLine } from '../../core/template.ts'
import {
  createTemplateFinder,
  listLinkValues,
  toMailImage,
  type MailLook,
  type OwnTemplates,
} from './mail-templates.ts'
import type { Notification, Recipient } from './notification.ts'
import { renderCodeMail, renderPlainMail, type RenderedMail } from './render-mail.ts'
import { renderCodeSms, renderPlainSms, toBoundDomain } from './render-sms.ts'

/** Options of the message renderer. */
export interface MessageRendererOptions extends MailLook {
  /** The name of the service. */
  readonly product: string
  /** The public URL of the service, from the settings only, never from a request; null: none. */
  readonly publicUrl: string | null
  /** Pages of the gateway: links to them carry the language of the message. */
  readonly ownPages?: readonly string[]
  /** Templates that replace those of the gateway. */
  readonly ownTemplates?: OwnTemplates
  readonly languages: Languages
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
  const shared = {
    product,
    ownPages: options.ownPages ?? [],
    findTemplate: createTemplateFinder(options, options.ownTemplates),
    linkValues: listLinkValues(options),
    mark: options.mailMark ? toMailImage(options.mailMark) : null,
  }
  const domain = options.publicUrl === null ? null : toBoundDomain(options.publicUrl)
  return {
    renderMail(notification, languages) {
      const language = chooseLanguage(languages, options.languages)
      const context = { ...shared, language }
      return notification.kind === 'code'
        ? renderCodeMail(notification, context)
        : renderPlainMail(notification, context)
    },
    renderSms(notification, languages) {
      const language = chooseLanguage(languages, options.languages)
      return notification.kind === 'code'
        ? renderCodeSms(notification, language, product, domain)
        : renderPlainSms(notification, language, product)
    },
  }
}
