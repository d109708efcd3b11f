import type { Language } from '../../core/languages.ts'
import { renderText, toSingleLine } from '../../core/template.ts'
import { MESSAGES } from '../../locales/index.ts'
import type { PlainNotification } from './notification.ts'

/** The values for the placeholders of the texts of a notification, each on one line. */
export function toValues(notification: PlainNotification, product: string): Readonly<Record<string, string>> {
  switch (notification.kind) {
    case 'phone-changed':
      return { product, phone: toSingleLine(notification.phone) }
    case 'recovery-code-used':
      return { product, left: String(notification.left) }
    case 'address-taken':
    case 'refresh-reused':
    case 'password-changed':
    case 'totp-enabled':
    case 'totp-disabled':
    case 'recovery-codes-replaced':
      return { product }
  }
}

/** A number of minutes with the plural form of the language. */
export function formatMinutes(count: number, language: Language): string {
  const { minutes } = MESSAGES[language]
  const category = new Intl.PluralRules(language).select(count)
  return renderText(category === 'one' ? minutes.one : minutes.other, { count: String(count) })
}
