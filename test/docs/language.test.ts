import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/**
 * Pronouns that plain technical English replaces by the term that is meant: the caller, the owner, a
 * stranger, any client.
 */
const VAGUE =
  /\b(who(m|se)?(so)?ever|whosever|(no|some|any|every)body|no one|(what|where|which)ever|octets?)\b/gi
/** Most of them in ten thousand words. */
const MAX_PER_10_000 = 2

function listFiles(folder: string, extension: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : listFiles(path, extension)
    return extension.test(path) ? [path] : []
  })
}

/** Places of vague words, and the number of all words. */
function countWords(files: readonly string[]): { readonly found: readonly string[]; readonly words: number } {
  const texts = files.map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))
  return {
    found: texts.flatMap(({ path, text }) => [...text.matchAll(VAGUE)].map(([word]) => `${path}: ${word}`)),
    words: texts.reduce((sum, { text }) => sum + (text.match(/\w+/g)?.length ?? 0), 0),
  }
}

describe('plain English', () => {
  it.each([
    ['src', () => listFiles(join(root, 'src'), /\.(ts|js|mjml|txt)$/)],
    ['docs', () => listFiles(join(root, 'docs'), /\.md$/)],
    ['README.md', () => ['README.md', 'CONTRIBUTING.md', 'SECURITY.md'].map((name) => join(root, name))],
  ])('has at most 2 vague pronouns in 10,000 words of %s', (name, list) => {
    const { found, words } = countWords(list())
    expect(words).toBeGreaterThan(500)
    process.stdout.write(`${name}: ${found.length} vague pronouns in ${words} words\n`)
    expect((found.length / words) * 10_000, found.join('\n')).toBeLessThanOrEqual(MAX_PER_10_000)
  })

  it('finds the words that it counts', () => {
    expect('Whoever asks nobody, whosever octets'.match(VAGUE)).toEqual([
      'Whoever',
      'nobody',
      'whosever',
      'octets',
    ])
  })
})
