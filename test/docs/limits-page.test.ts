import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { limitsPage } from '../../scripts/limits-page.ts'
import type { ConfiguredLimitRecord, LimitRecord } from '../../src/features/limits/limit-record.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { UNCOUNTED } from '../../src/features/limits/uncounted.ts'

const rules = join(resolve(import.meta.dirname, '../..'), 'src/features/limits/rules')
const limits: readonly (LimitRecord | ConfiguredLimitRecord)[] = Object.values(LIMITS)
const declared = readdirSync(rules).flatMap((file) =>
  [...readFileSync(join(rules, file), 'utf8').matchAll(/^ {4}name: '([a-z-]+)',$/gm)].map(([, name]) => name),
)

describe('the table of limits', () => {
  it('has every limit once', () => {
    expect(declared.toSorted()).toEqual(limits.map(({ name }) => name).toSorted())
    expect(new Set(declared).size).toBe(declared.length)
  })

  it('has a limit per account, network, both, device and all for each sign-in field, or the reason for none (SR-084)', () => {
    const cells = ['login', 'requestOtp', 'verifyOtp', 'register', 'refresh'].flatMap((field) =>
      (['account', 'network', 'account and network', 'device', 'all'] as const).map((per) => ({
        field,
        per,
      })),
    )
    const empty = cells.filter(
      ({ field, per }) => !limits.some((limit) => limit.fields.includes(field) && limit.per === per),
    )
    expect(empty).toEqual(UNCOUNTED.map(({ field, per }) => ({ field, per })))
    expect(UNCOUNTED.every(({ why }) => why.length > 20)).toBe(true)
  })

  it('is up to date in docs/limits.md', async () => {
    expect(await limitsPage()).toBe(
      readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/limits.md'), 'utf8'),
    )
  })
})
