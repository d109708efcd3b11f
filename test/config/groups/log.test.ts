import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { collectProblems } from '../../support/config-problems.ts'

function load(variables: Record<string, string>) {
  return loadConfig({ variables, readFile: () => '' }).log
}

describe('the settings of the log', () => {
  it('write every entry to standard output under our names by default', () => {
    expect(load({})).toEqual({ format: 'plain', files: null, sampleRate: 1, slowRequestMs: 1000 })
  })

  it('name the folder, the size and the number of files', () => {
    const variables = { LOG_DIR: '/var/log/gateway', LOG_FILE_MB: '2', LOG_FILES: '3', LOG_FORMAT: 'ecs' }
    expect(load(variables)).toMatchObject({
      format: 'ecs',
      files: { folder: '/var/log/gateway', maxBytes: 2_097_152, rotated: 3 },
    })
  })

  it.each([
    ['0', 0],
    ['0.000001', 0.000001],
    ['0.5', 0.5],
    ['1', 1],
    ['1.0', 1],
  ])('accept the sample %s', (text, rate) => {
    expect(load({ LOG_API_SAMPLE: text }).sampleRate).toBe(rate)
  })

  it.each(['-0.1', '1.1', '10%', '.5', '1e-3', 'all'])('reject the sample %s', (text) => {
    expect(collectProblems(() => load({ LOG_API_SAMPLE: text }))).toEqual([
      'LOG_API_SAMPLE: expected a number from 0 to 1',
    ])
  })
})
