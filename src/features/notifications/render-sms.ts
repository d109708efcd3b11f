import type { Language } from '../../core/languages.ts'
import { fitsOneSegment } from '../../core/sms.ts'
import { renderText, toSingleLine } from '../../core/template.ts'
import { MESSAGES } from '../../locales/index.ts'
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
  const { code, smsCode } = MESSAGES[language]
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

/** Renders the text message of a notification without a code. */
export function renderPlainSms(notification: PlainNotification, language: Language, product: string): string {
  const { sms } = MESSAGES[language].told[notification.kind]
  // GSM 03.38 has no bullet: one in a masked number would halve the capacity of a segment.
  return renderText(sms, toValues(notification, product)).replaceAll('•', '*')
}

/**
 * The domain that codes are bound to. Browsers fill codes in on HTTPS pages only, and an address literal is
 * not a domain: null for both.
 */
export function toBoundDomain(publicUrl: string): string | null {
  const { protocol, hostname } = new URL(publicUrl)
  return protocol === 'https:' && /\.[a-z][a-z0-9-]*$/i.test(hostname) ? hostname : null
}
