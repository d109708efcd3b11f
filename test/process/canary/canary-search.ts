import { Redis } from 'ioredis'
import type { TestGateway } from '../../support/gateway.ts'

/** A searched place, and its content. */
export interface Searched {
  readonly place: string
  readonly text: string
}

/**
 * The places that contain a word in plain text or in a reversible encoding: percent-encoding, JSON, base64,
 * base64url or hexadecimal.
 */
export function findWords(words: readonly string[], places: readonly Searched[]): string[] {
  return words.flatMap((word) => {
    const bytes = Buffer.from(word)
    const spellings = [word, encodeURIComponent(word), JSON.stringify(word).slice(1, -1)]
    // The last digits of base64 depend on the text after the word, and are omitted.
    const base64 = bytes.toString('base64').slice(0, Math.floor((bytes.length * 4) / 3) - 1)
    const encoded = [base64, base64.replaceAll('+', '-').replaceAll('/', '_'), bytes.toString('hex')]
    return places
      .filter(({ text }) => [...spellings, ...encoded].some((spelling) => text.includes(spelling)))
      .map(({ place, text }) => `${word} in ${place}: ${text.slice(0, 300)}`)
  })
}

/** The places that contain a short word as a whole. Within a longer number or id it is a coincidence. */
export function findWholeWords(words: Iterable<string>, places: readonly Searched[]): string[] {
  return [...words].flatMap((word) => {
    const alone = new RegExp(`(?<![\\w.-])${word}(?![\\w.-])`)
    return places.filter(({ text }) => alone.test(text)).map(({ place }) => `${word} in ${place}`)
  })
}

/** Every row of every table. */
export async function readEveryTable(
  gateway: TestGateway,
  database: 'sqlite' | 'postgresql',
): Promise<Searched[]> {
  const catalogue =
    database === 'sqlite'
      ? `SELECT name FROM sqlite_master WHERE type = 'table'`
      : `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`
  const tables = await gateway.sql<{ name: string }>(catalogue)
  const rows = await Promise.all(
    tables.map(async ({ name }) =>
      (await gateway.sql(`SELECT * FROM "${name}"`)).map((row) => ({ name, row })),
    ),
  )
  return rows.flat().map(({ name, row }) => ({ place: `table ${name}`, text: toText(row) }))
}

/** Every key and value of Redis. Empty without Redis. */
export async function readRedis(url: string | undefined): Promise<Searched[]> {
  if (url === undefined) return []
  const client = new Redis(url)
  try {
    const keys = await client.keys('*')
    return await Promise.all(
      keys.map(async (key) => {
        const type = await client.type(key)
        if (type !== 'string') throw new Error(`a key of a type that is not searched: ${type}`)
        return { place: 'Redis', text: `${key} ${(await client.get(key)) ?? ''}` }
      }),
    )
  } finally {
    client.disconnect()
  }
}

function toText(row: unknown): string {
  return JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}
