import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../src')

/**
 * Who may import what: the first row that fits a file is its rule. Own files are named by their path below src/.
 * It is the map of the house: a request walks http → graphql → resolver → service → port ← adapter.
 */
const RULES: readonly (readonly [file: RegExp, mayImport: RegExp])[] = [
  [/^core\/token-keys\.ts$/, /^core\/|^jose$/],
  [/^core\/(access|remembered)-tokens\.ts$/, /^core\/|^(jose|lru-cache)$/],
  [/^core\/network\.ts$/, /^ipaddr\.js$/],
  [/^core\/phone\.ts$/, /^libphonenumber-js\/max$/],
  [/^core\/totp\.ts$/, /^core\/secrets\.ts$|^otpauth$/],
  [/^core\/(input|cursor)\.ts$/, /^core\/|^zod$/],
  [/^core\/certificates\.ts$/, /^node:(crypto|tls)$/],
  [/^core\//, /^core\/|^node:(crypto|url)$/],
  [/^texts\//, /^(texts|core)\//],
  [/^ports\//, /^(ports|core)\//],
  [
    /^features\/[^/]+\/[a-z-]+-resolver\.ts$/,
    /^core\/caller\.ts$|^graphql\/(connections|signed-in|refresh-transport|rate-limit)\.ts$|^features\/limits\/limit-rules\.ts$|^features\/[^/]+\/[a-z-]+-(service|types|html|gate)\.ts$|^type-graphql$/,
  ],
  [
    /^features\/[^/]+\/[a-z-]+-types\.ts$/,
    /^(core\/(cursor|connection|outcomes)\.ts$|graphql\/(connections|scalars|refresh-transport)\.ts$|ports\/)|^features\/[^/]+\/[a-z-]+-(service|types|issuer|gate)\.ts$|^features\/(sessions\/device|mfa\/qr-code|otp\/otp-record)\.ts$|^type-graphql$/,
  ],
  [/^features\/passwords\/common-passwords\.ts$/, /^@zxcvbn-ts\/language-common$/],
  [/^features\/sessions\/device\.ts$/, /^bowser$/],
  [/^features\/mfa\/qr-code\.ts$/, /^uqr$/],
  [/^features\/posts\/post-html\.ts$/, /^(markdown-it|sanitize-html)$/],
  [/^features\/notices\/message-words\.ts$/, /^(core|texts|features\/notices)\//],
  [
    /^features\/notices\/(delivery-service|message-handler)\.ts$/,
    /^(core|ports)\/|^features\/(notices|audit)\/(?!.*-(resolver|types)\.ts$)|^node:timers\/promises$/,
  ],
  [/^features\//, /^(core|ports)\/|^features\/(?!.*-(resolver|types)\.ts$)|^zod$/],
  [
    /^graphql\/(schema|connections|scalars|signed-in)\.ts$/,
    /^(core|graphql)\/|^(graphql|graphql-scalars|type-graphql|reflect-metadata)$/,
  ],
  [/^graphql\/rate-limit\.ts$/, /^core\/|^(graphql|graphql-rate-limit|type-graphql)$/],
  [/^graphql\/refresh-transport\.ts$/, /^core\/errors\.ts$|^graphql\/(device|host)-cookie\.ts$/],
  [/^graphql\/device-cookie\.ts$/, /^core\/device-tokens\.ts$|^graphql\/host-cookie\.ts$/],
  [/^graphql\/host-cookie\.ts$/, /^cookie$/],
  [/^graphql\//, /^(core|graphql|ports|texts)\/|^(graphql|@apollo\/server(\/errors)?)$/],
  [
    /^http\/sockets\.ts$/,
    /^(core|graphql)\/|^node:(http|stream|timers\/promises)$|^(fastify|graphql|graphql-ws|graphql-ws\/use\/ws|ws)$/,
  ],
  [/^http\/outbox-page\.ts$/, /^(core|http|ports)\/|^fastify$/],
  [/^http\/metrics-server\.ts$/, /^ports\/metrics\.ts$|^node:(events|http)$/],
  [/^http\/log\.ts$/, /^pino$/],
  [/^http\/verify-email\.ts$/, /^http\/security-headers\.ts$|^node:crypto$|^fastify$/],
  [/^http\/admission\.ts$/, /^http\/|^core\/languages\.ts$|^node:(http|perf_hooks)$|^fastify$/],
  [/^http\/listener\.ts$/, /^http\/|^core\/languages\.ts$|^node:https?$|^fastify$/],
  [/^http\/json-errors\.ts$/, /^(http|texts)\/|^core\/languages\.ts$|^node:(http|net)$|^fastify$/],
  [/^http\/transport-security\.ts$/, /^http\/|^node:(http|net)$|^fastify$/],
  [
    /^http\//,
    /^(core|graphql|http)\/|^node:(fs\/promises|path)$|^(fastify|@fastify\/cors|@as-integrations\/fastify|@apollo\/server|jose)$/,
  ],
  [/^adapters\/circuit\.ts$/, /^core\/errors\.ts$|^cockatiel$/],
  [/^adapters\/(deadline|waiting-line)\.ts$/, /^$/],
  [
    /^adapters\/passwords\.ts$/,
    /^adapters\/waiting-line\.ts$|^(core|ports)\/|^node:(os|path)$|^@node-rs\/argon2$|^piscina$/,
  ],
  [/^adapters\/hashing-thread\.js$/, /^node:os$|^@node-rs\/argon2$/],
  [/^adapters\/kept-secrets\.ts$/, /^core\/|^node:(crypto|fs|path)$|^(jose|zod)$/],
  [/^adapters\/database\/sqlite-connection\.ts$/, /^node:(fs|path)$|^(libsql|lru-cache)$/],
  [
    /^adapters\/database\/sqlite-client\.ts$/,
    /^(adapters\/database|generated)\/|^(@libsql\/client|libsql|@prisma\/adapter-libsql)$/,
  ],
  [/^adapters\/database\/shared-look-ups\.ts$/, /^dataloader$/],
  [/^adapters\/database\/postgresql-client\.ts$/, /^generated\/|^@prisma\/adapter-pg$/],
  [
    /^adapters\/database\/migration[a-z-]*\.ts$/,
    /^(adapters\/database|ports)\/|^node:(crypto|fs|path|timers\/promises)$|^pg$/,
  ],
  [
    /^adapters\/database\//,
    /^(adapters\/(database\/|(circuit|waiting-line)\.ts)|core|ports|generated)\/?|^node:timers\/promises$|^zod$/,
  ],
  [
    /^adapters\/state-store\/redis-(replicas|scripts)\.ts$/,
    /^adapters\/state-store\/redis-replicas\.ts$|^node:crypto$|^ioredis$/,
  ],
  [
    /^adapters\/state-store\/redis\.ts$/,
    /^(adapters\/(state-store\/|(circuit|deadline)\.ts)|core|ports)\/?|^ioredis$/,
  ],
  [/^adapters\/state-store\//, /^(adapters\/(state-store|database)|core|ports|generated)\/|^config\.ts$/],
  [/^adapters\/signals\//, /^(adapters\/signals|ports)\/|^config\.ts$|^node:events$|^(ioredis|pg|zod)$/],
  [/^adapters\/mailer\/outbox-reader\.ts$/, /^ports\/outbox\.ts$|^node:(fs\/promises|path)$|^zod$/],
  [/^adapters\/metrics\.ts$/, /^ports\/metrics\.ts$|^prom-client$/],
  [/^adapters\/messages\//, /^(adapters\/(messages\/|(circuit|deadline)\.ts)|ports)\/?|^node:crypto$/],
  [/^adapters\/mailer\/outbox\.ts$/, /^ports\/|^node:(fs\/promises|path)$/],
  [
    /^adapters\/(mailer|sms)\//,
    /^(adapters\/(mailer|messages|sms)|ports)\/|^core\/(contact|network)\.ts$|^message-settings\.ts$|^nodemailer$/,
  ],
  [/^setting-types\.ts$/, /^core\/(client-secrets|contact|phone|token-keys)\.ts$|^zod$/],
  [/^otp-settings\.ts$/, /^setting-types\.ts$|^zod$/],
  [/^password-settings\.ts$/, /^core\/password-cost\.ts$|^setting-types\.ts$|^zod$/],
  [/^load-settings\.ts$/, /^setting-types\.ts$|^zod$/],
  [/^word-settings\.ts$/, /^core\/languages\.ts$|^zod$/],
  [/^message-settings\.ts$/, /^core\/(contact|network)\.ts$|^setting-types\.ts$|^zod$/],
  [
    /^settings\.ts$/,
    /^core\/token-keys\.ts$|^(setting-types|(load|message|otp|password|word)-settings)\.ts$|^zod$/,
  ],
  [/^transport-settings\.ts$/, /^settings\.ts$|^core\/(certificates|network)\.ts$/],
  [/^environment\.ts$/, /^settings\.ts$/],
  [/^contradictions\.ts$/, /^(settings|(message|password|transport)-settings)\.ts$/],
  [/^config-shape\.ts$/, /^core\/|^(load|message|password|word)-settings\.ts$/],
  [
    /^config\.ts$/,
    /^core\/operation-manifest\.ts$|^(settings|environment|contradictions|config-shape|(load|message|password|transport|word)-settings)\.ts$|^zod$/,
  ],
  [/^adapters\.ts$/, /^(adapters|core|ports)\/|^config\.ts$/],
  [/^signing\.ts$/, /^(features\/keys|core)\/|^adapters\/kept-secrets\.ts$|^(adapters|config)\.ts$/],
  [/^foundation-services\.ts$/, /^(features|core)\/|^(adapters|config)\.ts$/],
  [/^session-services\.ts$/, /^(features|core)\/|^(adapters|config|foundation-services)\.ts$/],
  [/^account-services\.ts$/, /^(features|core)\/|^(adapters|config|(foundation|session)-services)\.ts$/],
  [/^services\.ts$/, /^(features|core)\/|^(adapters|config|(account|foundation|session)-services)\.ts$/],
  [
    /^http-options\.ts$/,
    /^(adapters\/database\/migrations\.ts|graphql\/|http\/|core\/|adapters\.ts|config\.ts|services\.ts)|^(fastify|graphql|@apollo\/server(\/.*)?)$/,
  ],
  [
    /^app\.ts$/,
    /^(http\/(metrics-)?server|http-options|adapters|config|services|signing|features\/(accounts\/account-administration|keys\/key-ring|mfa\/totp-secrets))\.ts$|^fastify$/,
  ],
  [
    /^index\.ts$/,
    /^(app|adapters|config|environment)\.ts$|^http\/log\.ts$|^adapters\/database\/migrations\.ts$/,
  ],
  [/^last-resort\.ts$/, /^pino$/],
  [
    /^main\.ts$/,
    /^(app|config)\.ts$|^adapters\/database\/migrations\.ts$|^core\/(client-secrets|secrets|token-keys)\.ts$|^features\/keys\/key-ring\.ts$|^(http\/log|last-resort)\.ts$|^node:(fs|timers\/promises)$|^(commander|pino)$/,
  ],
]

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return relative(root, path) === 'generated' ? [] : filesBelow(path)
    return /\.[jt]s$/.test(path) && entry.name !== 'ide-start.js' ? [path] : []
  })
}

/** What a file imports: own files by their path below src/, packages by name. */
function importsOf(file: string): string[] {
  const specifiers = [
    ...readFileSync(file, 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|(?:^|\n)import '([^']+)'|\bimport\('([^']+)'\)/g,
    ),
  ]
  return specifiers.map(([, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? ''
    return specifier.startsWith('.') ? relative(root, resolve(dirname(file), specifier)) : specifier
  })
}

const files = filesBelow(root).map((path) => ({
  name: relative(root, path),
  imports: importsOf(path),
  text: readFileSync(path, 'utf8'),
}))

describe('the house', () => {
  it('has files', () => expect(files.length).toBeGreaterThan(40))

  it.each(files)('lets $name import only what its room may', ({ name, imports }) => {
    const rule = RULES.find(([file]) => file.test(name))
    expect(rule, 'a file without a room').toBeDefined()
    expect(imports.filter((target) => !rule?.[1].test(target))).toEqual([])
  })

  it('needs every rule it has', () => {
    expect(
      RULES.filter((rule) => !files.some(({ name }) => RULES.find(([file]) => file.test(name)) === rule)),
    ).toEqual([])
  })

  it('has no circle', () => {
    const edges = new Map(files.map(({ name, imports }) => [name, imports]))
    const done = new Set<string>()
    const walk = (name: string, trail: readonly string[]): void => {
      if (trail.includes(name)) throw new Error([...trail, name].join(' → '))
      if (done.has(name)) return
      for (const target of edges.get(name) ?? []) walk(target, [...trail, name])
      done.add(name)
    }
    for (const { name } of files) walk(name, [])
  })

  it('has no file over 250 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 250).map(({ name }) => name)).toEqual([])
  })

  it('never says any, never asserts away a null, never exports a default', () => {
    const offending = files.filter(({ text }) =>
      /: any\b|<any\b|\bas any\b|@ts-(ignore|expect-error)|export default/.test(
        text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
      ),
    )
    expect(offending.map(({ name }) => name)).toEqual([])
  })

  it('reads the environment in one place', () => {
    expect(files.filter(({ text }) => text.includes('process.env')).map(({ name }) => name)).toEqual([
      'main.ts',
    ])
  })
})
