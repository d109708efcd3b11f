import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const rules = readFileSync(join(root, 'deploy/monitoring/alerts.yml'), 'utf8')
const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
const ALERTS = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)
const HEADINGS = [...page.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name)

describe('the alerts of deploy/monitoring', () => {
  it('are all explained in docs/operations.md, in their order, and no other', () => {
    expect(ALERTS.length).toBeGreaterThan(10)
    expect(HEADINGS).toEqual(ALERTS)
  })

  it('name the heading that explains them', () => {
    const links = [...rules.matchAll(/runbook: docs\/operations\.md#(\w+)/g)].map(([, anchor = '']) => anchor)
    expect(links).toEqual(ALERTS.map((name) => name.toLowerCase()))
  })
})
