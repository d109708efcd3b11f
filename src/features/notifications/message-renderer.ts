import { renderHtml, renderText, toSingleLine } from '../../core/template.ts'
import { chooseLanguage, type Language } from '../../core/languages.ts'
import { fitsOneSegment } from '../../core/sms.ts'
import type { MessageTexts } from '../../locales/types.ts'
import { MESSAGES } from '../../locales/index.ts'
import type { Notification, Recipient } from './notification.ts'
import { TEMPLATES } from './templates/compiled-templates.ts'

/** An e-mail, ready to be sent. */
export interface RenderedMail {
  /** One line. */
  readonly subject: string
  readonly text: string
  /** A whole document that loads nothing. */
  readonly html: string
}

/** What the words need to know. */
export interface MessageRendererOptions {
  /** What people know the service by. */
  readonly product: string
  /** Where people reach it; null where nobody said. Never taken from a request. */
  readonly publicUrl: string | null
  /** Spoken where no language that somebody asked for fits. */
  readonly language: Language
}

/** Says notifications, in the best language of `languages` (`Recipient`). */
export interface MessageRenderer {
  /** As an e-mail. */
  readonly renderMail: (notice: Notification, languages: Recipient['languages']) => RenderedMail
  /** As a text message: the code first, in one segment where it can be, its last line bound to the site that may fill it in. */
  readonly renderSms: (notice: Notification, languages: Recipient['languages']) => string
}

type CodeNotification = Extract<Notification, { kind: 'code' }>
type Template = keyof typeof TEMPLATES
/** A value for each place of a template, by the compiler's leave. */
type Values<Name extends Template> = Readonly<Record<(typeof TEMPLATES)[Name]['places'][number], string>>

/** The words of every message, from catalogues (`src/texts`) and compiled templates (`templates/`). */
export function createMessageRenderer({
  publicUrl,
  language,
  ...options
}: MessageRendererOptions): MessageRenderer {
  const product = toSingleLine(options.product)
  const site = publicUrl === null ? null : siteOf(publicUrl)
  return {
    renderMail(notice, languages) {
      const chosen = chooseLanguage(languages, language)
      return notice.kind === 'code' ? codeMail(notice, chosen, product) : toldMail(notice, chosen, product)
    },
    renderSms(notice, languages) {
      const chosen = chooseLanguage(languages, language)
      if (notice.kind === 'code') return codeSms(notice, chosen, product, site)
      // GSM 03.38 has no bullet: one in a masked number would halve what a segment holds.
      return renderText(MESSAGES[chosen].told[notice.kind].sms, factsOf(notice, product)).replaceAll('•', '*')
    },
  }
}

function codeMail(notice: CodeNotification, language: Language, product: string): RenderedMail {
  const { frame, code, minutes } = MESSAGES[language]
  const texts = code[notice.purpose]
  const facts = {
    product,
    code: toSingleLine(notice.code),
    duration: durationOf(notice.minutes, minutes, language),
  }
  const say = (text: string) => renderText(text, facts)
  const link = linkOf(notice.link)
  const values = {
    language,
    product,
    subject: say(texts.subject),
    preheader: say(frame.preheader),
    lead: say(texts.lead),
    line: say(texts.line),
    code: facts.code,
    validity: say(frame.validity),
    warning: say(frame.warning),
    footer: say(frame.footer),
  }
  if (link === null) return mailOf('code', values)
  const { linkLead, linkFallback } = frame
  return mailOf('code-link', { ...values, link, linkLead, linkFallback, button: say(texts.button) })
}

function toldMail(
  notice: Exclude<Notification, CodeNotification>,
  language: Language,
  product: string,
): RenderedMail {
  const { told, frame } = MESSAGES[language]
  const texts = told[notice.kind]
  const say = (text: string) => renderText(text, factsOf(notice, product))
  const body = say(texts.body)
  return mailOf('notice', {
    language,
    product,
    subject: say(texts.subject),
    preheader: body,
    body,
    advice: say(texts.advice),
    footer: say(frame.footer),
  })
}

function mailOf<Name extends Template>(name: Name, values: Values<Name> & { subject: string }): RenderedMail {
  const { html, text } = TEMPLATES[name]
  return { subject: values.subject, text: renderText(text, values), html: renderHtml(html, values) }
}

/** The longest form that travels in one segment. WebOTP and Apple's AutoFill read the last line: origin-bound one-time codes (WICG). */
function codeSms(notice: CodeNotification, language: Language, product: string, site: string | null): string {
  const { code, smsCode, minutes } = MESSAGES[language]
  const digits = toSingleLine(notice.code)
  const facts = {
    product,
    line: renderText(code[notice.purpose].line, { code: digits }),
    duration: durationOf(notice.minutes, minutes, language),
  }
  const bound = site === null ? '' : `\n@${site} #${digits}`
  const forms = [smsCode.full, smsCode.plain, smsCode.brief, smsCode.short].map(
    (form) => renderText(form, facts) + bound,
  )
  return forms.find(fitsOneSegment) ?? renderText(smsCode.short, facts) + bound
}

/** What a notice tells besides its kind, each on one line. */
function factsOf(
  notice: Exclude<Notification, CodeNotification>,
  product: string,
): Readonly<Record<string, string>> {
  switch (notice.kind) {
    case 'phone-changed':
      return { product, phone: toSingleLine(notice.phone) }
    case 'recovery-code-used':
      return { product, left: String(notice.left) }
    case 'address-taken':
    case 'refresh-reused':
    case 'password-changed':
    case 'totp-enabled':
    case 'totp-disabled':
    case 'recovery-codes-replaced':
      return { product }
  }
}

function durationOf(count: number, forms: MessageTexts['minutes'], language: Language): string {
  const category = new Intl.PluralRules(language).select(count)
  return renderText(category === 'one' ? forms.one : forms.other, { count: String(count) })
}

/** The address in its canonical form, where it is one of the web: no other kind is ever made a link. */
function linkOf(link: string | null): string | null {
  if (link === null || !URL.canParse(link)) return null
  const { protocol, href } = new URL(link)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}

/** The domain that a code is bound to. Browsers take codes for pages over HTTPS alone, and an address literal is no domain. */
function siteOf(publicUrl: string): string | null {
  const { protocol, hostname } = new URL(publicUrl)
  return protocol === 'https:' && /\.[a-z][a-z0-9-]*$/i.test(hostname) ? hostname : null
}
