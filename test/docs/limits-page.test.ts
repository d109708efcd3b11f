import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { limitsPage } from '../../scripts/limits-page.ts'
import * as rules from '../../src/features/limits/limit-rules.ts'
import { LIMIT_TABLE, UNCOUNTED } from '../../src/features/limits/limit-table.ts'

/** Everything in the file of rules that is one. */
const every = [...Object.values(rules), ...Object.values(rules.FIELD_RULES)].filter(
  (value): value is rules.LimitRule => typeof value === 'object' && 'windowMs' in value,
)

describe('the table of limits', () => {
  it('has every rule, and none twice under one name', () => {
    const listed = new Set(LIMIT_TABLE.map(({ rule }) => rule))
    expect(every.filter((rule) => !listed.has(rule)).map(({ name }) => name)).toEqual([])
    expect(new Set(every.map(({ name }) => name)).size).toBe(every.length)
  })

  it('counts each way in by account, network, both, device and all, or says why not (84)', () => {
    const cells = ['login', 'requestOtp', 'verifyOtp', 'register', 'refresh'].flatMap((field) =>
      (['account', 'network', 'account and network', 'device', 'all'] as const).map((per) => ({
        field,
        per,
      })),
    )
    const empty = cells.filter(
      ({ field, per }) => !LIMIT_TABLE.some((entry) => entry.fields.includes(field) && entry.per === per),
    )
    expect(empty).toEqual(UNCOUNTED.map(({ field, per }) => ({ field, per })))
    expect(UNCOUNTED.every(({ why }) => why.length > 20)).toBe(true)
  })

  it('stands in docs/limits.md as the code has it', async () => {
    expect(await limitsPage()).toBe(
      readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/limits.md'), 'utf8'),
    )
  })
})
