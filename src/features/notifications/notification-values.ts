import type { Language } from '../../locales/languages.ts'
import { renderText, toSingleLine } from '../../core/template.ts'
import type { PlainNotification } from './notification.ts'

/** The values for the placeholders of the texts of a notification, each on one line. */
export function toValues(
  notification: PlainNotification,
  language: Language,
  product: string,
): Readonly<Record<string, string>> {
  return { product, ...toContentValues(notification), ...toOriginValues(notification, language) }
}

function toContentValues(notification: PlainNotification): Readonly<Record<string, string>> {
  switch (notification.kind) {
    case 'phone-changed':
    case 'phone-removed':
      return { phone: toSingleLine(notification.phone) }
    case 'password-reset-contact-removed':
      return { contact: toSingleLine(notification.contact) }
    case 'api-key-created':
      return { apiKey: toSingleLine(notification.apiKey) }
    case 'recovery-code-used':
      return { left: String(notification.left) }
    case 'address-taken':
    case 'refresh-reused':
    case 'password-changed':
    case 'password-dropped':
    case 'totp-enabled':
    case 'totp-disabled':
    case 'recovery-codes-replaced':
    case 'change-undone':
    case 'second-factor-reset':
      return {}
  }
}

/** The time to the minute in UTC, in the same form in every language. */
function toOriginValues({ origin, undo }: PlainNotification, language: Language): Record<string, string> {
  const { unknown } = language.messages.origin
  const duration = undo ? { duration: formatHours(undo.hours, language) } : {}
  if (!origin) return duration
  return {
    ...duration,
    time: toSingleLine(origin.at.slice(0, 16).replace('T', ' ')),
    network: toSingleLine(origin.network ?? unknown),
    device: toSingleLine(origin.device ?? unknown),
  }
}

/** A number of minutes with the plural form of the language, in hours from two hours on. */
export function formatMinutes(count: number, language: Language): string {
  if (count < 1) return language.messages.brief
  if (count >= 120) return formatHours(Math.floor(count / 60), language)
  return formatCount(count, language.messages.minutes, language)
}

function formatHours(count: number, language: Language): string {
  return formatCount(count, language.messages.hours, language)
}

/** `other`, and the plural categories that the language has. */
type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

function formatCount(count: number, forms: PluralForms, language: Language): string {
  const category = new Intl.PluralRules(language.tag).select(count)
  return renderText(forms[category] ?? forms.other, { count: String(count) })
}
