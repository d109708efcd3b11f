import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../src')

/** Imports that a room allows: own files by their path below src/, packages by name. */
interface Room {
  /** Files of the room. */
  readonly files: RegExp
  /** Own files that it may import beside its own. */
  readonly rooms: RegExp
  /** Packages that it may import. */
  readonly packages: RegExp
}

const NONE = /^$/

/**
 * The import rules, one row per room; the first row that matches a file applies. A request travels
 * http → graphql → resolver → service → port ← adapter.
 */
const ROOMS: readonly Room[] = [
  {
    files: /^core\//,
    rooms: NONE,
    packages:
      /^(htmlparser2|jose|lru-cache|ipaddr\.js|libphonenumber-js\/max|otpauth|tr46|zod|node:(crypto|tls|zlib))$/,
  },
  { files: /^ports\//, rooms: /^core\//, packages: NONE },
  { files: /^locales\//, rooms: /^core\//, packages: NONE },
  { files: /^config\//, rooms: /^(core|ports)\//, packages: /^(fastest-levenshtein|zod)$/ },
  {
    files: /^adapters\//,
    rooms: /^(core|ports|generated)\/|^config\/(config|groups\/[a-z/-]+)\.ts$/,
    packages:
      /^(@libsql\/client|@node-rs\/argon2|@opentelemetry\/(api|context-async-hooks|core|exporter-trace-otlp-(http|proto)|resources|sdk-trace)|@prisma\/adapter-(libsql|pg)|cockatiel|dataloader|ioredis|jose|libsql|lru-cache|markdown-it|memcache-client|nodemailer|pg|piscina|prom-client|rotating-file-stream|sanitize-html|zod|node:(async_hooks|crypto|dgram|dns\/promises|events|fs|fs\/promises|net|os|path|timers\/promises|tls))$/,
  },
  {
    files: /^graphql\//,
    rooms: /^(core|ports|locales)\//,
    packages:
      /^(graphql|@apollo\/server(\/errors)?|cookie|graphql-rate-limit|graphql-scalars|reflect-metadata|type-graphql)$/,
  },
  {
    files: /^features\/[^/]+\/(?:[a-z-]+-(?:resolver|types)|auth-payload)\.ts$/,
    rooms: /^(core|ports|features|graphql)\//,
    packages: /^type-graphql$/,
  },
  {
    files: /^features\//,
    rooms: /^(core|ports|locales)\/|^features\/(?!.*-(resolver|types)\.ts$|.*\/auth-payload\.ts$)/,
    packages: /^(@zxcvbn-ts\/language-common|bowser|uqr|zod|node:timers\/promises)$/,
  },
  {
    files: /^http\//,
    rooms: /^(core|ports|locales|graphql)\//,
    packages:
      /^(fastify|@fastify\/(cors|static)|@as-integrations\/fastify|@apollo\/server|graphql|graphql-ws|graphql-ws\/use\/ws|jose|lru-cache|pino|ws|node:(crypto|events|fs\/promises|http|https|net|path|perf_hooks|stream|timers\/promises))$/,
  },
  {
    files: /^composition\//,
    rooms: /^(core|ports|config|adapters|features|graphql|http|locales)\//,
    packages: /^(fastify|graphql|@apollo\/server(\/plugin\/disabled)?)$/,
  },
  {
    files: /^cli\//,
    rooms:
      /^(core|ports|config|composition)\/|^adapters\/database\/(database-check|database-setting-error|migrations|sqlite-backup)\.ts$|^adapters\/(metrics\/(prometheus|worker-metrics)|passwords\/hash-permits)\.ts$|^features\/keys\/|^http\/(log|metrics-server)\.ts$/,
    packages: /^(commander|zod|node:(child_process|cluster|events|fs|os|path|timers\/promises|util))$/,
  },
  { files: /^main\.ts$/, rooms: /^cli\//, packages: /^(commander|node:(fs|path))$/ },
  {
    files: /^index\.ts$/,
    rooms:
      /^(core|composition|config|ports)\/|^http\/log\.ts$|^adapters\/(database\/migrations|tracing\/opentelemetry)\.ts$/,
    packages: NONE,
  },
]

/** Features in the order in which they may import each other: each one only those before it. */
const FEATURES = [
  ...['users', 'caching', 'limits', 'audit', 'notifications', 'keys', 'sessions', 'api-keys', 'tokens'],
  ...['account-changes', 'otp', 'mfa', 'passwords', 'recovery'],
  ...['sign-in', 'accounts', 'posts', 'nodes', 'federation', 'cleanup', 'dev-mailbox'],
]

/** Libraries with a single importer: the adapter, or the file of `core`, that hides them. */
const SINGLE_IMPORTERS: Readonly<Record<string, RegExp>> = {
  '@libsql/client': /^adapters\/database\/sqlite-client\.ts$/,
  '@node-rs/argon2': /^adapters\/passwords\/argon2-(hasher|worker)\.[jt]s$/,
  '@opentelemetry/api': /^adapters\/tracing\/opentelemetry\.ts$/,
  '@opentelemetry/context-async-hooks': /^adapters\/tracing\/opentelemetry\.ts$/,
  '@opentelemetry/core': /^adapters\/tracing\//,
  '@opentelemetry/exporter-trace-otlp-http': /^adapters\/tracing\/otlp\.ts$/,
  '@opentelemetry/exporter-trace-otlp-proto': /^adapters\/tracing\/otlp\.ts$/,
  '@opentelemetry/resources': /^adapters\/tracing\/otlp\.ts$/,
  '@opentelemetry/sdk-trace': /^adapters\/tracing\//,
  '@zxcvbn-ts/language-common': /^features\/passwords\/common-passwords\.ts$/,
  bowser: /^features\/sessions\/device\.ts$/,
  cockatiel: /^adapters\/resilience\//,
  cookie: /^graphql\/cookies\/host-cookie\.ts$/,
  dataloader: /^adapters\/resilience\/batched-calls\.ts$/,
  'fastest-levenshtein': /^config\/unknown-settings\.ts$/,
  'graphql-rate-limit': /^graphql\/guards\/rate-limit\.ts$/,
  htmlparser2: /^core\/markup\.ts$/,
  ioredis: /^adapters\/(state-store\/redis[a-z-]*|pub-sub\/redis)\.ts$/,
  'ipaddr.js': /^core\/network\.ts$/,
  jose: /^core\/(access-tokens|token-claims|token-keys)\.ts$|^adapters\/secrets\/|^http\/(discovery|server)\.ts$/,
  'libphonenumber-js/max': /^core\/phone\.ts$/,
  'markdown-it': /^adapters\/markdown\/render-markdown\.js$/,
  'memcache-client': /^adapters\/state-store\/memcached-server\.ts$/,
  nodemailer: /^adapters\/mailer\/smtp\.ts$/,
  otpauth: /^core\/totp\.ts$/,
  pg: /^adapters\/(database\/(channel-binding|limited-connection|migration-session|postgresql-(diagnosis|pool|session|targets))|pub-sub\/(listen-probe|postgresql))\.ts$/,
  piscina: /^adapters\/(passwords\/argon2-hasher|markdown\/markdown-renderer)\.ts$/,
  'prom-client': /^adapters\/metrics\/(prometheus|worker-metrics)\.ts$/,
  'rotating-file-stream': /^adapters\/log-files\/log-file\.ts$/,
  'sanitize-html': /^adapters\/markdown\/render-markdown\.js$/,
  tr46: /^core\/email-address\.ts$/,
  uqr: /^features\/mfa\/qr-code\.ts$/,
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return relative(root, path) === 'generated' ? [] : filesBelow(path)
    return /\.[jt]s$/.test(path) && !/^ide-.*\.js$/.test(entry.name) ? [path] : []
  })
}

/** The imports of a file: own files by their path below src/, packages by name. */
function findImports(file: string): string[] {
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
  imports: findImports(path),
  text: readFileSync(path, 'utf8'),
}))

/** Whether an import is a file below src/ rather than a package. */
function isOwnFile(target: string): boolean {
  return target.startsWith('generated/') || (/\.[jt]s$/.test(target) && target !== 'ipaddr.js')
}

/** The first folder of a path below src/: one floor plan for all features and all adapters. */
function toRoom(path: string): string {
  return path.split('/')[0] ?? path
}

/** Edges between rooms, a file of the root being a room of its own. */
const roomEdges = new Map<string, ReadonlySet<string>>(
  [...new Set(files.map(({ name }) => toRoom(name)))].map((room) => {
    const imports = files.filter(({ name }) => toRoom(name) === room).flatMap((file) => file.imports)
    const own = imports.filter((target) => isOwnFile(target) && !target.startsWith('generated/'))
    return [room, new Set(own.map(toRoom).filter((target) => target !== room))]
  }),
)

describe('the architecture', () => {
  it('has files', () => expect(files.length).toBeGreaterThan(40))

  it('has two files and at most eleven rooms in src/', () => {
    const entries = readdirSync(root, { withFileTypes: true }).filter(({ name }) => name !== 'generated')
    expect(
      entries
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['index.ts', 'main.ts'])
    expect(entries.filter((entry) => entry.isDirectory()).length).toBeLessThanOrEqual(11)
  })

  it.each(files)('lets $name import only what its room allows', ({ name, imports }) => {
    const room = ROOMS.find((row) => row.files.test(name))
    if (!room) throw new Error('no row of ROOMS matches this file')
    const isAllowed = (target: string) => {
      if (!isOwnFile(target)) return room.packages.test(target)
      const isNeighbour = toRoom(target) === toRoom(name) && toRoom(name) !== 'features'
      return isNeighbour || room.rooms.test(target)
    }
    expect(imports.filter((target) => !isAllowed(target))).toEqual([])
  })

  it('matches every rule with a file', () => {
    expect(
      ROOMS.filter((row) => !files.some(({ name }) => ROOMS.find((each) => each.files.test(name)) === row)),
    ).toEqual([])
  })

  it('uses every package that a rule names', () => {
    const used = new Set(files.flatMap(({ imports }) => imports))
    expect(Object.keys(SINGLE_IMPORTERS).filter((name) => !used.has(name))).toEqual([])
  })

  it('imports each wrapped library in one place', () => {
    const elsewhere = files.flatMap(({ name, imports }) =>
      imports
        .filter((target) => SINGLE_IMPORTERS[target]?.test(name) === false)
        .map((target) => [name, target]),
    )
    expect(elsewhere).toEqual([])
  })

  it('imports features in one order', () => {
    const toFeature = (path: string) => /^features\/([^/]+)\//.exec(path)?.[1]
    const upward = files.flatMap(({ name, imports }) => {
      const own = toFeature(name)
      if (own === undefined) return []
      expect(FEATURES).toContain(own)
      return imports
        .filter((target) => FEATURES.indexOf(toFeature(target) ?? own) > FEATURES.indexOf(own))
        .map((target) => `${name} → ${target}`)
    })
    expect(upward).toEqual([])
  })

  it('stands on at most seven floors, without a cycle between rooms', () => {
    const floors = new Map<string, number>()
    const measure = (room: string, trail: readonly string[]): number => {
      if (trail.includes(room)) throw new Error([...trail, room].join(' → '))
      const below = [...(roomEdges.get(room) ?? [])].map((target) => measure(target, [...trail, room]))
      const floor = 1 + Math.max(0, ...below)
      floors.set(room, floor)
      return floor
    }
    for (const room of roomEdges.keys()) measure(room, [])
    expect(Math.max(...floors.values())).toBeLessThanOrEqual(7)
  })

  it('has no import cycle', () => {
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

  it('shares no code with the app, which is built and deployed alone', () => {
    const app = resolve(root, '../web/src')
    const sources = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.tsx?$/.test(name),
    )
    const outside = sources.flatMap((name) =>
      findImports(resolve(app, name)).filter((target) =>
        /^\.\.\/(?!web\/src\/)|^[a-z-]+\/.*\.ts$/.test(target),
      ),
    )
    expect(outside).toEqual([])
    expect(files.filter(({ imports }) => imports.some((target) => target.includes('web/')))).toEqual([])
  })

  it('has no file over 250 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 250).map(({ name }) => name)).toEqual([])
  })

  it('uses no any, no suppressed type error and no default export', () => {
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
