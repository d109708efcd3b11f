import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configurationPage, environmentExample } from '../../scripts/write-docs.ts'
import type { Setting } from '../../src/config/setting-group.ts'
import { GROUPS, SETTINGS } from '../../src/config/settings.ts'

const root = resolve(import.meta.dirname, '../..')
const groups = join(root, 'src/config/groups')

/** Settings whose name suggests a secret, with the reason why they contain none. */
const NOT_SECRET: Readonly<Record<string, string>> = {
  ACCESS_TOKEN_MINUTES: 'a duration',
  API_KEYS_PER_USER: 'a number of keys',
  API_TOKEN_MINUTES: 'a duration',
  APP_URL: 'published on pages',
  KEY_ROTATION_DAYS: 'a duration',
  MAILGUN_URL: 'credentials in the URL are rejected',
  MESSAGE_WEBHOOK_URL: 'credentials in the URL are rejected',
  PASSWORD_CONTEXT_WORDS: 'words that passwords must not consist of',
  PASSWORD_HASH_CONCURRENCY: 'a number of threads',
  PASSWORD_HASH_LANES: 'a parameter of the hash, which every hash contains',
  PASSWORD_HASH_MEMORY_KIB: 'a parameter of the hash, which every hash contains',
  PASSWORD_HASH_PASSES: 'a parameter of the hash, which every hash contains',
  PASSWORD_HASH_QUEUE: 'a number of requests',
  PASSWORD_MIN_LENGTH: 'a length, which clients are told',
  PRIVACY_URL: 'published on pages',
  PUBLIC_URL: 'published to every client',
  REFRESH_TOKEN_DAYS: 'a duration',
  SENDGRID_URL: 'credentials in the URL are rejected',
  TERMS_URL: 'published on pages',
  TWILIO_URL: 'credentials in the URL are rejected',
  UNDO_CHANGE_URL: 'part of every notification of a change',
  VERIFY_EMAIL_URL: 'part of every verification message',
}

function listDeclarations(): string[] {
  return readdirSync(groups, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(groups, file), 'utf8').matchAll(/^ {2}([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*): \{/gm),
    ])
    .map(([, name = '']) => name)
}

describe('the settings', () => {
  it('are each declared in exactly one file of src/config/groups', () => {
    expect(listDeclarations().sort()).toEqual(Object.keys(SETTINGS).sort())
  })

  it('each belong to exactly one group', () => {
    const names = Object.values(GROUPS).flatMap(({ settings }) => Object.keys(settings))
    expect(names).toEqual(Object.keys(SETTINGS))
  })

  it('are marked secret where their name suggests it, or listed here with the reason why not', () => {
    const settings = Object.entries<Setting>(SETTINGS)
    const isNamedLikeSecret = (name: string) => /SECRET|KEY|PASSWORD|TOKEN|_HEADERS$|_URL$/.test(name)
    const unmarked = settings.filter(([name, { secret }]) => isNamedLikeSecret(name) && !secret)
    expect(unmarked.map(([name]) => name).sort()).toEqual(Object.keys(NOT_SECRET))
    const marked = settings.filter(([, { secret }]) => secret).map(([name]) => name)
    expect(marked.filter((name) => !isNamedLikeSecret(name))).toEqual([])
  })

  it('have documentation that is up to date', () => {
    expect(readFileSync(join(root, 'docs/configuration.md'), 'utf8')).toBe(configurationPage())
    expect(readFileSync(join(root, '.env.example'), 'utf8')).toBe(environmentExample())
  })

  it('have an example whose values are the defaults', () => {
    const example = environmentExample()
    for (const name of Object.keys(SETTINGS)) expect(example).toMatch(new RegExp(`^#${name}=`, 'm'))
    const constants = [...example.matchAll(/^#([A-Z_]+)=(.+)$/gm)]
    expect(constants.length).toBeGreaterThan(30)
    for (const [, name = '', value] of constants) {
      const { type } = SETTINGS[name as keyof typeof SETTINGS]
      expect([name, type.parse(value)]).toEqual([name, type.parse(undefined)])
    }
  })
})
