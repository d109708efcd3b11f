import { MESSAGES, PAGES, RESPONSES } from '../../src/locales/index.ts'

/** Texts that must stay as they are. */
const PROTOCOL = ['PersistedQueryNotFound', 'PersistedQueryNotSupported']

/** The files of a language whose texts are the English ones after its tag in brackets. */
export function toFolder(tag: string): Record<string, string> {
  const files = { messages: MESSAGES.en, pages: PAGES.en, responses: RESPONSES.en }
  return Object.fromEntries(
    Object.entries(files).map(([name, texts]) => [
      `${tag}/${name}.json`,
      JSON.stringify(texts, (_key, value: unknown) =>
        typeof value === 'string' && !PROTOCOL.includes(value) ? `[${tag}] ${value}` : value,
      ),
    ]),
  )
}
