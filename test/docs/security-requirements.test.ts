import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { securityRequirementsPage } from '../../scripts/security-requirements-page.ts'
import {
  CITATION,
  findCitingTests,
  readRequirements,
  readTestTitles,
} from '../../scripts/security-requirements.ts'
import { findTestTitles } from '../../scripts/test-titles.ts'

const root = resolve(import.meta.dirname, '../..')
const requirements = readRequirements().flatMap((area) => area.requirements)
const ids = requirements.map(({ id }) => id)
const titles = readTestTitles()
const tests = findCitingTests(titles)
const cited = new Set(tests.flatMap((test) => test.ids))

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** Texts of a folder that is written by hand. */
function findTexts(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js|md)$/.test(file) && !file.startsWith('generated'))
    .map((file) => `${folder}/${file}`)
}

const texts = ['README.md', 'CHANGELOG.md', ...['src', 'test', 'scripts', 'bench', 'docs'].flatMap(findTexts)]

/** Where a text matches, as `file: match`. */
function findMatches(pattern: RegExp): string[] {
  return texts.flatMap((file) => [...read(file).matchAll(pattern)].map(([match]) => `${file}: ${match}`))
}

describe('docs/security-requirements.md', () => {
  it('is what `npm run generate` writes', async () => {
    expect(await securityRequirementsPage(tests)).toBe(read('docs/security-requirements.md'))
  })

  it('has each id once, in order and without a gap', () => {
    expect(ids.length).toBeGreaterThanOrEqual(175)
    expect(ids).toEqual(ids.map((_, index) => `SR-${String(index + 1).padStart(3, '0')}`))
  })

  it('has every id that a test title, a comment or a page cites', () => {
    const unknown = findMatches(/\bSR-\d+/g).filter((match) => !ids.includes(match.split(': ')[1] ?? ''))
    expect(unknown).toEqual([])
  })

  it('calls exactly those requirements proven that a test cites', () => {
    const proven = requirements.filter(({ status }) => status === 'proven').map(({ id }) => id)
    expect(proven).toEqual(ids.filter((id) => cited.has(id)))
  })

  it('gives a reason for every requirement without a test', () => {
    const withoutTest = requirements.filter(({ status }) => status !== 'proven')
    expect(withoutTest.filter(({ note }) => note === undefined)).toEqual([])
  })
})

describe('citations of security requirements', () => {
  it('are in parentheses at the end of a test title', () => {
    expect(tests.length).toBeGreaterThan(400)
    const inTitles = titles.filter(({ title }) => /\bSR-\d/.test(title)).map(({ title }) => title)
    expect(inTitles.filter((title) => !CITATION.test(title))).toEqual([])
  })

  it('are never bare numbers in a test title', () => {
    const bare = titles.filter(({ title }) => /\((?:\d{1,3}(?:, )?)+(?::[^)]*)?\)$/.test(title))
    expect(bare.map(({ title }) => title)).toEqual([])
  })

  it('are never bare numbers of statements in a comment or a page', () => {
    expect(findMatches(/\bstatements? \d+/g)).toEqual([])
  })
})

describe('titles of tests', () => {
  it('are read with their groups and their computed parts, and not where they are skipped', () => {
    const text = `
      describeWith(['redis'], 'a store', () => {
        it.each([1])(\`keeps \${1} value\`, () => {})
        describe.skip('skipped', () => { it('unread', () => {}) })
      })
      it.todo('nothing yet')
    `
    expect(findTestTitles(text)).toEqual([
      { isTest: false, title: 'a store', groups: [] },
      { isTest: true, title: 'keeps … value', groups: ['a store'] },
    ])
  })
})
