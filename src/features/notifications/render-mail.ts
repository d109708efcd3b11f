import type { Language } from '../../locales/languages.ts'
import { renderHtml, renderText, toSingleLine } from '../../core/template.ts'
import type { MailImage } from '../../ports/mailer.ts'
import { MARK_URL, type FindTemplate, type TemplateName } from './mail-templates.ts'
import { formatMinutes, toValues } from './notification-values.ts'
import type { CodeNotification, PlainNotification } from './notification.ts'
import type { TEMPLATES } from './templates/compiled-templates.ts'

/** A rendered e-mail. */
export interface RenderedMail {
  /** One line. */
  readonly subject: string
  readonly text: string
  /** A complete document that loads no external resource. */
  readonly html: string
  /** Pictures in the HTML. */
  readonly images: readonly MailImage[]
}

/** Placeholders that every template has a value for. */
type SharedPlaceholder = 'language' | 'direction' | 'product' | 'footer'
/** A value for each other placeholder of a template. */
type TemplateValues<Name extends TemplateName> = Readonly<
  Record<Exclude<(typeof TEMPLATES)[Name]['placeholders'][number], SharedPlaceholder>, string>
>

/** What all e-mails of codes depend on. */
export interface MailContext {
  readonly language: Language
  readonly product: string
  /** Links to these pages carry the language. */
  readonly ownPages: readonly string[]
  readonly findTemplate: FindTemplate
  /** Addresses and URLs of the links below the message. */
  readonly linkValues: Readonly<Record<string, string>>
  /** The picture that templates show; null: none. */
  readonly mark: MailImage | null
}

/** Renders the e-mail of a code. When the code has less than a minute left, the link is sent alone. */
export function renderCodeMail(notification: CodeNotification, context: MailContext): RenderedMail {
  const link = parseLink(notification.link, context)
  if (link !== null && notification.minutes < 1) return renderLinkMail(notification, link, context)
  const { frame, code } = context.language.messages
  const texts = code[notification.purpose]
  const digits = toSingleLine(notification.code)
  const render = createTextRenderer(notification, context)
  const values = {
    subject: render(texts.subject),
    preheader: render(frame.preheader),
    lead: render(texts.lead),
    line: render(texts.line),
    code: digits,
    validity: render(frame.validity),
    warning: render(frame.warning),
  }
  const { purpose } = notification
  if (link === null) return renderTemplate('code', purpose, values, context)
  const { linkFallback } = frame
  const [linkLead, button] = [render(frame.linkLead), render(texts.button)]
  return renderTemplate('code-link', purpose, { ...values, link, linkLead, linkFallback, button }, context)
}

function renderLinkMail(notification: CodeNotification, link: string, context: MailContext): RenderedMail {
  const { frame, code } = context.language.messages
  const texts = code[notification.purpose]
  const render = createTextRenderer(notification, context)
  const values = {
    subject: render(texts.subject),
    preheader: render(frame.linkValidity),
    lead: render(texts.linkOnly),
    button: render(texts.button),
    link,
    linkFallback: frame.linkFallback,
    validity: render(frame.linkValidity),
    warning: render(frame.linkWarning),
  }
  return renderTemplate('link', notification.purpose, values, context)
}

function createTextRenderer(
  { code, minutes, linkMinutes = minutes }: CodeNotification,
  { language, product }: MailContext,
): (text: string) => string {
  const values = {
    product,
    code: toSingleLine(code),
    duration: formatMinutes(minutes, language),
    linkDuration: formatMinutes(linkMinutes, language),
  }
  return (text) => renderText(text, values)
}

/** Renders the e-mail of a notification without a code. */
export function renderPlainMail(notification: PlainNotification, context: MailContext): RenderedMail {
  const { language, product } = context
  const { notices, frame, origin, undo } = language.messages
  const texts = notices[notification.kind]
  const facts = toValues(notification, language, product)
  const render = (text: string) => renderText(text, facts)
  const body = render(texts.body)
  const values = { subject: render(texts.subject), preheader: body, body, advice: render(texts.advice) }
  const { kind } = notification
  if (!notification.origin) return renderTemplate('notification', kind, values, context)
  const request = render(origin.mail)
  const link = parseLink(notification.undo?.link ?? null, context)
  if (link === null)
    return renderTemplate('notification-origin', kind, { ...values, origin: request }, context)
  const texted = { advice: render(undo.lead), button: undo.button, linkFallback: frame.linkFallback }
  return renderTemplate('notification-undo', kind, { ...values, ...texted, origin: request, link }, context)
}

function renderTemplate<Name extends TemplateName>(
  name: Name,
  message: string,
  own: TemplateValues<Name> & { readonly subject: string },
  { language, product, findTemplate, linkValues, mark }: MailContext,
): RenderedMail {
  const { html, text } = findTemplate(name, message)
  const { frame, links } = language.messages
  const footer = renderText(frame.footer, { product })
  const { tag, direction } = language
  const values = { language: tag, direction, product, footer, ...links, ...linkValues, ...own }
  const images = mark !== null && html.includes(MARK_URL) ? [mark] : []
  return { subject: own.subject, text: renderText(text, values), html: renderHtml(html, values), images }
}

/** The canonical form of an HTTP or HTTPS URL; null for any other text, which never becomes a link. */
function parseLink(link: string | null, { language, ownPages }: MailContext): string | null {
  if (link === null || !URL.canParse(link)) return null
  const url = new URL(link)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  if (ownPages.includes(link.split('#')[0] ?? '')) url.searchParams.set('lang', language.tag)
  return url.href
}
