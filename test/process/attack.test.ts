import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAttacks, type Outcome } from '../../scripts/attacks/attack.ts'
import { ATTACKS } from '../../scripts/attacks/all.ts'
import { startTarget, type Target } from '../../scripts/attacks/target.ts'

// The table of `npm run attack`, against the built gateway in production settings. Memory is read from /proc.
describe.skipIf(process.platform !== 'linux')('a gateway in production, attacked', () => {
  let target: Target | undefined
  let outcomes: readonly Outcome[] = []
  beforeAll(async () => {
    target = await startTarget()
    outcomes = await runAttacks(target, ATTACKS)
  }, 180_000)
  afterAll(() => target?.stop())

  it.each(ATTACKS)('holds against: $name', ({ name, expected }) => {
    expect(outcomes.find((outcome) => outcome.name === name)?.actual).toBe(expected)
  })

  it('still answers', async () => {
    expect((await target?.query('{ __typename }'))?.code).toBe('ok')
  })
})
