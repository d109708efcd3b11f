import type { ENGLISH } from './english.ts'
import type { NOTICES_ENGLISH } from './notices-english.ts'

/** The same keys at every depth, no fewer and no more, each with a text. */
type Worded<Texts> = {
  readonly [Key in keyof Texts]: Texts[Key] extends string ? string : Worded<Texts[Key]>
}

/** Everything that answers say, in one language. */
export type Catalogue = Worded<typeof ENGLISH>

/** Everything that messages say, in one language. */
export type NoticeCatalogue = Worded<typeof NOTICES_ENGLISH>
