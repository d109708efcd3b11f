import type { Language } from '../../core/languages.ts'
import { renderHtml, renderText, toSingleLine } from '../../core/template.ts'
import { MESSAGES } from '../../locales/index.ts'
import { formatMinutes, toValues } from './notification-values.ts'
import type { CodeNotification, PlainNotification } from './notification.ts'
import { TEMPLATES } from './templates/compiled-templates.ts'

/** A rendered e-mail. */
export interface RenderedMail {
  /** One line. */
  readonly subject: string
  readonly text: string
  /** A complete document that loads no external resource. */
  readonly html: string
}

type Template = keyof typeof TEMPLATES
/** A value for each placeholder of a template. */
type TemplateValues<Name extends Template> = Readonly<
  Record<(typeof TEMPLATES)[Name]['places'][number], string>
>

/** Renders the e-mail of a code. */
export function renderCodeMail(
  notification: CodeNotification,
  language: Language,
  product: string,
): RenderedMail {
  const { frame, code } = MESSAGES[language]
  const texts = code[notification.purpose]
  const digits = toSingleLine(notification.code)
  const facts = { product, code: digits, duration: formatMinutes(notification.minutes, language) }
  const render = (text: string) => renderText(text, facts)
  const values = {
    language,
    product,
    subject: render(texts.subject),
    preheader: render(frame.preheader),
    lead: render(texts.lead),
    line: render(texts.line),
    code: digits,
    validity: render(frame.validity),
    warning: render(frame.warning),
    footer: render(frame.footer),
  }
  const link = parseLink(notification.link)
  if (link === null) return renderTemplate('code', values)
  const { linkLead, linkFallback } = frame
  const button = render(texts.button)
  return renderTemplate('code-link', { ...values, link, linkLead, linkFallback, button })
}

/** Renders the e-mail of a notification without a code. */
export function renderPlainMail(
  notification: PlainNotification,
  language: Language,
  product: string,
): RenderedMail {
  const { told, frame } = MESSAGES[language]
  const texts = told[notification.kind]
  const render = (text: string) => renderText(text, toValues(notification, product))
  const body = render(texts.body)
  return renderTemplate('notification', {
    language,
    product,
    subject: render(texts.subject),
    preheader: body,
    body,
    advice: render(texts.advice),
    footer: render(frame.footer),
  })
}

function renderTemplate<Name extends Template>(
  name: Name,
  values: TemplateValues<Name> & { subject: string },
): RenderedMail {
  const { html, text } = TEMPLATES[name]
  return { subject: values.subject, text: renderText(text, values), html: renderHtml(html, values) }
}

/** The canonical form of an HTTP or HTTPS URL; null for any other text, which never becomes a link. */
function parseLink(link: string | null): string | null {
  if (link === null || !URL.canParse(link)) return null
  const { protocol, href } = new URL(link)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}
