import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
// Only the public API: this file is a program that embeds the gateway.
import {
  createApp,
  createTracing,
  loadConfig,
  migrate,
  type Clock,
  type Count,
  type DeliveryResult,
  type LogFacts,
  type Logger,
  type MailMessage,
  type Overrides,
  type Random,
  type Reservation,
  type SmsMessage,
  type StateStore,
  type MessageTransport,
} from '../../src/index.ts'
import { removeFolder, temporaryFolder } from '../support/backends.ts'

const now: Clock = () => Date.now()

const random: Random = {
  bytes: (length) => Buffer.from(crypto.getRandomValues(new Uint8Array(length))),
  integer: (below) => Math.floor((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % below),
}

/** A state store that does not implement expiry. */
function createMapStore(): StateStore {
  const values = new Map<string, string>()
  const increment = async (key: string, windowMs: number): Promise<Count> => {
    const count = Number(values.get(key) ?? 0) + 1
    values.set(key, String(count))
    return { count, resetsInMs: windowMs }
  }
  return {
    get: async (keys) => keys.map((key) => values.get(key) ?? null),
    set: async (key, value, _ttlMs, options) => {
      if (options?.ifAbsent && values.has(key)) return false
      values.set(key, value)
      return true
    },
    compareAndSet: async (key, expected, next) => {
      if (values.get(key) !== expected) return false
      values.set(key, next)
      return true
    },
    take: async (key) => {
      const value = values.get(key) ?? null
      values.delete(key)
      return value
    },
    increment,
    reserve: async (key, { max, windowMs }): Promise<Reservation> => {
      const { count } = await increment(key, windowMs)
      return { granted: count <= max, remaining: Math.max(0, max - count), resetsInMs: windowMs }
    },
    delete: async (keys) => keys.forEach((key) => values.delete(key)),
    ping: async () => undefined,
    close: async () => undefined,
  }
}

function createTransport<Message>(sent: Message[]): MessageTransport<Message> {
  const send = async (message: Message): Promise<DeliveryResult> => {
    sent.push(message)
    return 'sent'
  }
  return { name: 'webhook', send, close: async () => undefined }
}

interface Entry extends LogFacts {
  readonly level: string
  readonly message: string
}

function createLogger(entries: Entry[]): Logger {
  const write = (level: string) => (facts: LogFacts, message: string) =>
    void entries.push({ ...facts, level, message })
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  }
}

describe('a program that imports only the public API', () => {
  it('replaces every part, and gets the entries of the log', async () => {
    const folder = temporaryFolder()
    const variables = {
      NODE_ENV: 'test',
      DATA_DIR: folder,
      DATABASE_URL: `file:${join(folder, 'gateway.db')}`,
    }
    const config = loadConfig({ variables, readFile: () => '' })
    await migrate({ url: config.database.url, now })
    const [mails, texts, shown, entries]: [MailMessage[], SmsMessage[], string[], Entry[]] = [[], [], [], []]
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    const overrides: Required<Overrides> = {
      now,
      random,
      store: createMapStore(),
      mailTransports: [createTransport(mails)],
      smsTransports: [createTransport(texts)],
      show: (text) => void shown.push(text),
      tracing: createTracing(provider, { continuesCallers: true }),
      sharedHashing: { permits: { run: (work) => work() }, processes: 2 },
    }
    const app = await createApp(config, createLogger(entries), overrides)
    const query = `mutation { register(input: { email: "ada@example.com" }) { challengeId } }`
    const send = (text: string) =>
      app.http.app.inject({ method: 'POST', url: '/graphql', payload: { query: text } })
    expect((await send(query)).json()).toMatchObject({ data: { register: {} } })
    await app.close()
    expect(mails.map(({ to }) => to)).toEqual(['ada@example.com'])
    expect(texts).toEqual([])
    const names = exporter.getFinishedSpans().map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['POST /graphql', 'mutation', 'store.reserve', 'send EMAIL']),
    )
    expect(entries.map(({ level, message }) => `${level} ${message}`)).toContain('info request completed')
    removeFolder(folder)
  })
})

describe('the public API', () => {
  const src = resolve(import.meta.dirname, '../../src')
  const sources = new Map<string, ts.SourceFile>()

  function readSource(file: string): ts.SourceFile {
    const known = sources.get(file)
    if (known) return known
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true)
    sources.set(file, source)
    return source
  }

  /**
   * The declaration of a type that a file names: in the file or imported from this package. Null for types of
   * packages.
   */
  function findDeclaration(file: string, name: string): { file: string; node: ts.Node } | null {
    for (const node of readSource(file).statements) {
      if ((ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && node.name.text === name)
        return { file, node }
      const from = findImport(file, node, name)
      if (from !== null) return findDeclaration(from, name)
    }
    return null
  }

  /** The file that a statement imports or exports a name from. */
  function findImport(file: string, node: ts.Statement, name: string): string | null {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
    if (!isImport || !node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) return null
    const named = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : node.exportClause
    const elements =
      named && (ts.isNamedImports(named) || ts.isNamedExports(named)) ? [...named.elements] : []
    const target = node.moduleSpecifier.text
    if (!target.startsWith('.') || !elements.some((element) => element.name.text === name)) return null
    return resolve(dirname(file), target)
  }

  /** The names of all types of this package that a type mentions, including itself. */
  function listMentioned(file: string, name: string, found = new Set<string>()): Set<string> {
    const declaration = findDeclaration(file, name)
    if (!declaration || found.has(name)) return found
    found.add(name)
    const walk = (node: ts.Node): void => {
      if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName))
        listMentioned(declaration.file, node.typeName.text, found)
      ts.forEachChild(node, walk)
    }
    walk(declaration.node)
    return found
  }

  it('exports every type that Overrides and Logger mention', () => {
    const index = join(src, 'index.ts')
    const mentioned = ['Overrides', 'Logger'].flatMap((name) => [...listMentioned(index, name)])
    expect(mentioned).toEqual(expect.arrayContaining(['StateStore', 'Count', 'MailMessage', 'LogFacts']))
    expect(mentioned.filter((name) => findDeclaration(index, name) === null)).toEqual([])
  })
})
