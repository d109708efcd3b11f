import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

describe('the page of message texts', () => {
  const page = readFileSync(join(root, 'docs/message-texts.md'), 'utf8')

  it('shows pictures that exist, and are small', () => {
    const images = [...page.matchAll(/\]\((images\/[^)]+)\)/g)].map(([, path = '']) =>
      join(root, 'docs', path),
    )
    expect(images).toHaveLength(10)
    for (const image of images) expect(statSync(image).size).toBeLessThan(150_000)
  })

  it('names files that exist', () => {
    const files = [...page.matchAll(/`((?:src|test)\/[^`]+)`/g)].map(([, path = '']) => path)
    expect(files.length).toBeGreaterThan(6)
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
