import { z } from 'zod'
import { LANGUAGES, type Language } from '../../core/languages.ts'

/** What people know the service by: one line, for it stands in subjects and text messages. */
const productName = z
  .string()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u, 'a name of 1 to 60 characters on one line')

/** Settings of what the gateway says. */
export const WORD_SETTINGS = {
  PRODUCT_NAME: {
    type: productName.default('GraphQL Auth Gateway'),
    doc: 'What people know the service by, in messages; 1 to 60 characters.',
  },
  DEFAULT_LANGUAGE: {
    type: z.enum(LANGUAGES).default('en'),
    doc: 'Language of messages and answers where none that was asked for is spoken: `en` or `ko`.',
  },
  DEV_OUTBOX: {
    type: z.enum(['here', 'anyone', 'off']).default('here'),
    doc: 'Who sees the messages at `/dev/outbox` and in `devOutbox`: `here` (callers on the same machine, past no proxy), `anyone` who reaches the gateway, for containers, or nobody (`off`). Neither exists in production, where `anyone` is refused.',
  },
} as const

/** What the gateway calls itself and speaks. */
export interface WordConfig {
  readonly product: string
  readonly language: Language
}

/** The settings above, as one thing. */
export function wordsOf(raw: {
  readonly PRODUCT_NAME: string
  readonly DEFAULT_LANGUAGE: Language
}): WordConfig {
  return { product: raw.PRODUCT_NAME, language: raw.DEFAULT_LANGUAGE }
}
