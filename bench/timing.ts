import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRows } from '../test/support/backends.ts'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { eventually } from '../test/support/servers/processes.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { areaUnderCurve, median, report, buildTable } from './figures.ts'
import { launchNode, type Server } from './servers.ts'

// Whether response times reveal if an account exists. Each address is used once, as in an attack with a list.
// Existing and unknown addresses are in random order with one request at a time, so that variations of the
// machine, including the work after a response, affect both kinds equally.

const SAMPLES = Number(process.env['BENCH_SAMPLES'] ?? 1000)
const WARM_UP = 100
const PASSWORD = 'a quiet harbour at dawn'

interface Operation {
  readonly name: string
  readonly query: string
}

const OPERATIONS: readonly Operation[] = [
  {
    name: '`login` with a wrong password',
    query:
      'mutation ($email: String!) { login(input: { email: $email, password: "some other password" }) { __typename } }',
  },
  {
    name: '`register` with a password',
    query: `mutation ($email: String!) { register(input: { email: $email, password: "${PASSWORD}" }) { expiresIn } }`,
  },
  {
    name: '`register` without a password',
    query: 'mutation ($email: String!) { register(input: { email: $email }) { expiresIn } }',
  },
  ...['LOGIN', 'RESET_PASSWORD', 'VERIFY_EMAIL'].map((purpose) => ({
    name: `\`requestOtp(purpose: ${purpose})\``,
    query: `mutation ($email: String!) { requestOtp(input: { email: $email, purpose: ${purpose} }) { expiresIn } }`,
  })),
]

const folder = mkdtempSync(join(tmpdir(), 'gateway-timing-'))
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

async function main(): Promise<void> {
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const grown = await postgres.createDatabase()
    const installations = [
      { name: 'SQLite alone', url: `file:${join(folder, 'embedded/gateway.db')}`, settings: {} },
      { name: 'PostgreSQL and Redis', url: grown, settings: { DATABASE_URL: grown, REDIS_URL: redis.url } },
    ]
    const rows = []
    for (const { name, url, settings } of installations) {
      const data = join(folder, name === 'SQLite alone' ? 'embedded' : 'grown')
      const gateway = await launchNode({ ...settings, LOG_LEVEL: 'info', DATA_DIR: data }, null)
      try {
        for (const operation of OPERATIONS) rows.push(await measure(name, operation, gateway, url))
      } finally {
        await gateway.stop()
      }
    }
    const head = ['what', 'account, ms', 'no account, ms', 'difference, ms', 'AUC']
    const setting = `Node ${process.versions.node}, ${cpus().length} cores, ${SAMPLES} addresses of each kind, medians.`
    await report('timing', `${buildTable(head, rows)}\n\n${setting}`)
  } finally {
    agent.destroy()
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  installation: string,
  { name, query }: Operation,
  gateway: Server,
  url: string,
): Promise<(string | number)[]> {
  const mark = Math.random().toString(36).slice(2, 8)
  const total = SAMPLES + WARM_UP
  const known = Array.from({ length: total }, (_, index) => toAddress(`${mark}a`, index))
  const unknown = Array.from({ length: total }, (_, index) => toAddress(`${mark}b`, index))
  await addAccounts(gateway, url, known)
  const times = { known: [] as number[], unknown: [] as number[] }
  const all = [
    ...known.map((email) => ({ kind: 'known' as const, email })),
    ...unknown.map((email) => ({ kind: 'unknown' as const, email })),
  ]
  for (const [index, { kind, email }] of shuffle(all).entries()) {
    const elapsed = await measureRequest(gateway.address, query, email)
    if (index >= 2 * WARM_UP) times[kind].push(elapsed)
  }
  const [with_, without] = [median(times.known), median(times.unknown)]
  const figures = [with_, without, with_ - without].map((value) => value.toFixed(2))
  const row = [`${installation}: ${name}`, ...figures, areaUnderCurve(times.known, times.unknown).toFixed(3)]
  console.log(row.join('  '))
  return row
}

/** A random permutation, so that the work after a response does not affect one kind more than the other. */
function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)
}

function toAddress(mark: string, index: number): string {
  return `person${mark}${String(index).padStart(6, '0')}@example.com`
}

/** Inserts active accounts directly into the database, with the password hash of a registered one. */
async function addAccounts({ address }: Server, url: string, emails: readonly string[]): Promise<void> {
  const model = `model${emails[0] ?? ''}`
  const text = `mutation ($email: String!) { register(input: { email: $email, password: "${PASSWORD}" }) { expiresIn } }`
  await measureRequest(address, text, model)
  const values = emails.map((email) => `('${email}')`).join(', ')
  // SQLite has one writer at a time, and the gateway may still be writing.
  await eventually(() =>
    readRows(
      url,
      `WITH newcomers(email) AS (VALUES ${values})
       INSERT INTO users (id, email, email_verified_at, password_hash, status, roles, generation, created_at, updated_at)
       SELECT 'bench-' || n.email, n.email, u.created_at, u.password_hash, 'ACTIVE', 'USER', 1, u.created_at, u.created_at
       FROM newcomers n, users u WHERE u.email = '${model}'`,
    ),
  )
}

/** Milliseconds from the first byte sent to the last byte received. */
function measureRequest(address: string, query: string, email: string): Promise<number> {
  const body = JSON.stringify({ query, variables: { email } })
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(`${address}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => {
        const elapsed = performance.now() - started
        if (text.includes('"data"') && !/RATE_LIMITED|SERVICE_UNAVAILABLE|INTERNAL/.test(text))
          resolve(elapsed)
        else reject(new Error(text))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

await main()
