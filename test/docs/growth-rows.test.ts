import { afterAll, beforeAll, expect, it } from 'vitest'
import { RARE_WORD, growTables, toWord } from '../../bench/growth-seed.ts'
import {
  describeOn,
  EXTREMES,
  freshDatabase,
  readRows,
  removeFolder,
  temporaryFolder,
} from '../support/backends.ts'

const NEWEST = Date.parse('2026-11-01T00:00:00Z')

describeOn(EXTREMES, 'rows that npm run bench:growth inserts', ({ database }) => {
  const folder = temporaryFolder()
  let url = ''

  beforeAll(async () => {
    url = await freshDatabase(database, folder)
    for (const counts of [[0, 300] as const, [300, 1000] as const])
      await growTables(url, { counts: () => counts, newest: NEWEST, print: () => undefined })
  })
  afterAll(() => removeFolder(folder))

  async function count(condition: string): Promise<number> {
    const [row] = await readRows<{ total: number | string }>(
      url,
      `SELECT COUNT(*) AS total FROM ${condition}`,
    )
    return Number(row?.total)
  }

  it('are as many in each table, with an account behind each', async () => {
    for (const table of ['users', 'sessions', 'posts', 'audit_events']) expect(await count(table)).toBe(1000)
    expect(await count('sessions s JOIN users u ON u.id = s.user_id WHERE s.counter = 0')).toBe(1000)
    expect(await count('audit_events e JOIN sessions s ON s.id = e.session_id')).toBe(1000)
  })

  it('are published posts, few of which have the rare word and about 1 % another one', async () => {
    expect(await count(`posts WHERE published = TRUE AND content LIKE '%${RARE_WORD}%'`)).toBe(20)
    const frequent = await count(`posts WHERE title LIKE '%${toWord(1)}%' OR content LIKE '%${toWord(1)}%'`)
    expect(frequent).toBeGreaterThan(1)
    expect(frequent).toBeLessThan(30)
  })
})
