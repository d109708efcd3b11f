import type { RESPONSES_EN } from './en/responses.ts'
import type { MESSAGES_EN } from './en/messages.ts'

/** The same keys at every depth, no fewer and no more, each with a text. */
type Worded<Texts> = {
  readonly [Key in keyof Texts]: Texts[Key] extends string ? string : Worded<Texts[Key]>
}

/** Everything that answers say, in one language. */
export type ResponseTexts = Worded<typeof RESPONSES_EN>

/** Everything that messages say, in one language. */
export type MessageTexts = Worded<typeof MESSAGES_EN>
