import type { Language } from '../../locales/languages.ts'
import { fitsOneSegment } from '../../core/sms.ts'
import { renderText, toSingleLine } from '../../core/template.ts'
import { formatMinutes, toValues } from './notification-values.ts'
import type { CodeNotification, PlainNotification } from './notification.ts'

/**
 * Renders the text message of a code in the longest form that fits one segment. The last line binds the code
 * to the domain: WebOTP and Apple's AutoFill read it (WICG, origin-bound one-time codes).
 */
export function renderCodeSms(
  notification: CodeNotification,
  language: Language,
  product: string,
  domain: string | null,
): string {
  const { code, smsCode } = language.messages
  const digits = toSingleLine(notification.code)
  const values = {
    product,
    line: renderText(code[notification.purpose].line, { code: digits }),
    duration: formatMinutes(notification.minutes, language),
  }
  const binding = domain === null ? '' : `\n@${domain} #${digits}`
  const forms = [smsCode.full, smsCode.plain, smsCode.brief, smsCode.short].map(
    (form) => renderText(form, values) + binding,
  )
  return forms.find(fitsOneSegment) ?? renderText(smsCode.short, values) + binding
}

/**
 * Renders the text message of a notification without a code: what happened, the request, and the undo link or
 * an advice.
 */
export function renderPlainSms(notification: PlainNotification, language: Language, product: string): string {
  const { notices, origin, undo } = language.messages
  const { sms, smsAdvice } = notices[notification.kind]
  const link = notification.undo?.link
  const parts = [sms, ...(notification.origin ? [origin.sms] : []), ...(link ? [undo.sms] : [smsAdvice])]
  const values = { ...toValues(notification, language, product), ...(link && { link }) }
  // GSM 03.38 has no bullet: one in a masked number would halve the capacity of a segment.
  return renderText(parts.filter(Boolean).join(' '), values).replaceAll('•', '*')
}

/**
 * The domain that codes are bound to. Browsers fill codes in on HTTPS pages only, and an address literal is
 * not a domain: null for both.
 */
export function toBoundDomain(publicUrl: string): string | null {
  const { protocol, hostname } = new URL(publicUrl)
  return protocol === 'https:' && /\.[a-z][a-z0-9-]*$/i.test(hostname) ? hostname : null
}
