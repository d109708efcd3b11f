import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAttacks, type Outcome } from '../../scripts/attacks/attack.ts'
import { ATTACKS } from '../../scripts/attacks/all.ts'
import { startTarget, type Target } from '../../scripts/attacks/target.ts'
import { EXTREMES, describeOn, emptyPostgresDatabase, freshRedis } from '../support/backends.ts'

// The table of `npm run attack`, against the built gateway in production settings. Memory is read from /proc.
describe.skipIf(process.platform !== 'linux')('under attack', () => {
  describeOn(EXTREMES, 'a gateway in production', ({ database, store }) => {
    let target: Target | undefined
    let outcomes: readonly Outcome[] = []
    beforeAll(async () => {
      target = await startTarget({
        ...(database === 'postgresql' ? { DATABASE_URL: await emptyPostgresDatabase() } : {}),
        ...(store === 'redis' ? { REDIS_URL: await freshRedis() } : {}),
      })
      outcomes = await runAttacks(target, ATTACKS)
    }, 240_000)
    afterAll(() => target?.stop())

    it.each(ATTACKS)('has the expected outcome for $name', ({ name, expected }) => {
      expect(outcomes.find((outcome) => outcome.name === name)?.actual).toBe(expected)
    })

    it('responds after all attacks', async () => {
      expect((await target?.query('{ __typename }'))?.code).toBe('ok')
    })
  })
})
