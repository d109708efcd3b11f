import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LimitRecord, ConfiguredLimitRecord } from '../src/features/limits/limit-record.ts'
import {
  DAILY_GUESSES,
  GUARANTEED_GUESSES,
  LIMITS,
  dailyGuessProbability,
} from '../src/features/limits/limits.ts'
import { STRANGER_EFFECTS } from '../src/features/limits/owner-ways.ts'
import { listDocumentLimits, listMarkdownBounds, listPrices } from './request-limits.ts'
import { replacePart, replacePartOf } from './page-parts.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/limits.md')

/** `docs/limits.md` with its table of limits and the arithmetic of guesses. */
export async function limitsPage(): Promise<string> {
  const head = ['| fields | per | times | name | counts |', '| --- | --- | --- | --- | --- |']
  const rules = [...head, ...Object.values(LIMITS).map(toRow)].join('\n')
  const page = await replacePart(file, 'rules', rules)
  const withGuesses = await replacePartOf(file, page, 'guesses', describeGuesses())
  const parts = {
    ways: describeOwnerWays(),
    documents: listDocumentLimits(),
    prices: listPrices(),
    markdown: listMarkdownBounds(),
  }
  let written = withGuesses
  for (const [name, text] of Object.entries(parts)) written = await replacePartOf(file, written, name, text)
  return written
}

function describeOwnerWays(): string {
  const rows = Object.entries(STRANGER_EFFECTS).map(([key, { reach, closes }]) => {
    const { name } = LIMITS[key as keyof typeof LIMITS]
    return `| \`${name}\` | ${reach} | ${closes.join(', ') || 'none'} |`
  })
  return [
    '| limit | what strangers can use up | ways of the owner that it closes |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n')
}

function describeGuesses(): string {
  const { otpDaily, otpFailures, otpFailuresOnDevice } = LIMITS
  return [
    'Strangers and one known device can make at most this number of guesses a day at the codes of one destination, for all purposes together. Each guess is compared with one code.',
    '',
    '| guesses | a day |',
    '| --- | --: |',
    `| the first ${GUARANTEED_GUESSES} by the challenge id of each of the ${otpDaily.max} messages that strangers can request | ${GUARANTEED_GUESSES * otpDaily.max} |`,
    `| further ones by challenge id | ${otpFailures.max} |`,
    `| by the destination | ${otpFailures.max} |`,
    `| on a known device | ${otpFailuresOnDevice.max} |`,
    `| together (NIST SP 800-63B-4 §3.2.2 allows 100) | ${DAILY_GUESSES} |`,
    '',
    `So a day of guesses finds a code of six digits with a probability of at most ${formatShareOf(dailyGuessProbability(6))}.`,
  ].join('\n')
}

function formatShareOf(probability: number): string {
  return `1 in ${Math.round(1 / probability).toLocaleString('en')}`
}

function toRow(limit: LimitRecord | ConfiguredLimitRecord): string {
  const { fields, per, windowMs, name, meaning } = limit
  const max = 'max' in limit ? String(limit.max) : formatShare(limit)
  const names = fields.map((field) => `\`${field}\``).join(', ')
  return `| ${names} | ${per} | ${max} in ${formatDuration(windowMs)} | \`${name}\` | ${meaning} |`
}

function formatShare({ maxSetting, share }: ConfiguredLimitRecord): string {
  return share === 1 ? `\`${maxSetting}\`` : `${share * 100} % of \`${maxSetting}\``
}

function formatDuration(ms: number): string {
  const units = [
    [24 * 3600_000, 'd'],
    [3600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ] as const
  const [size, unit] = units.find(([size]) => ms % size === 0) ?? [1, 'ms']
  return `${ms / size} ${unit}`
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await limitsPage())
