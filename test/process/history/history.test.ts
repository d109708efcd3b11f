import { writeFileSync } from 'node:fs'
import { randomInt } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  EXTREMES,
  describeOn,
  emptyPostgresDatabase,
  freshRedis,
  type Backend,
} from '../../support/backends.ts'
import { gatewayProcesses, signUpAt } from '../../support/servers/gateway-process.ts'
import { createRecorder } from './calls.ts'
import { formatViolation } from './check-refresh.ts'
import { findViolations } from './check.ts'
import { createClients, type Clients } from './clients.ts'
import { FEWEST_KILLS, keepKilling, startNodes, type Node } from './nodes.ts'
import { createChoices } from './random.ts'
import { isRevocation, type Call } from './record.ts'
import { createWallets } from './wallets.ts'

const seconds = Number(process.env['HISTORY_SECONDS'] ?? 20)
const seed = Number(process.env['HISTORY_SEED'] ?? randomInt(2 ** 32))
const CLIENTS = 12
const ACCOUNTS = ['ada', 'grace', 'edsger', 'barbara'].map((name) => `${name}@example.com`)
const SESSIONS_EACH = 4
const PASSWORD = 'a quiet harbour at dawn'

/**
 * A recorded history, after Jepsen: clients send random calls to two nodes that are killed repeatedly. Every
 * call is recorded, and the record is checked against the guarantees of the gateway. The seed determines the
 * choices, not the timing.
 */
describeOn(EXTREMES, 'sessions', (backend) => {
  const processes = gatewayProcesses()

  it(
    'keep every guarantee while nodes are killed (SR-057, SR-061, SR-066, SR-165)',
    async () => {
      console.log(`HISTORY_SEED=${seed} HISTORY_SECONDS=${seconds}`)
      const environment = await buildEnvironment(backend, processes.folder())
      const { calls, kills } = await record(() => processes.start(environment))
      const counts = { kills, ...countCalls(calls) }
      console.log(`${backend.name}: ${JSON.stringify(counts)}`)
      const violations = findViolations(calls).map(formatViolation)
      const found = violations.length === 0 ? '' : `, the whole record is in ${saveRecord(calls, backend)}`
      expect(violations, `HISTORY_SEED=${seed}${found}`).toEqual([])
      expect(counts.calls).toBeGreaterThanOrEqual(300)
      expect(counts.kills).toBeGreaterThanOrEqual(FEWEST_KILLS)
      expect(counts.refreshed).toBeGreaterThanOrEqual(20)
      expect(counts.revoked).toBeGreaterThanOrEqual(10)
    },
    seconds * 1000 + 90_000,
  )

  /** Runs the clients while nodes are killed, and then reads every session. */
  async function record(start: () => ReturnType<typeof processes.start>) {
    const nodes = await startNodes(['A', 'B'], start)
    const recorder = createRecorder()
    const options = { wallets: createWallets(), accounts: ACCOUNTS, password: PASSWORD }
    const clients = createClients({ ...options, nodes: nodes.all, recorder })
    await begin(nodes.all, clients)
    const until = performance.now() + seconds * 1000
    const choices = createChoices(seed)
    let isOver = false
    const beset = (node: Node) => clients.beset(node, choices)
    const killing = keepKilling({ nodes, choices, until, beset }).finally(() => (isOver = true))
    const running = Array.from({ length: CLIENTS }, (_, index) =>
      clients.run(`client ${index + 1}`, seed + index + 1, () => isOver),
    )
    const [kills] = await Promise.all([killing, ...running])
    await clients.lookAtAll()
    return { calls: recorder.calls, kills }
  }
})

/** Registers every account and signs it in several times. The session of the registration is not used. */
async function begin([first]: readonly Node[], clients: Clients): Promise<void> {
  if (!first) throw new Error('there is no node')
  for (const account of ACCOUNTS) await signUpAt(first.gateway, account)
  const starts = ACCOUNTS.flatMap((account) => Array.from({ length: SESSIONS_EACH }, () => account))
  await Promise.all(starts.map((account) => clients.signIn('beginning', first, account)))
}

async function buildEnvironment(
  { database, store }: Backend,
  folder: string,
): Promise<Record<string, string>> {
  return {
    DATA_DIR: folder,
    LOG_LEVEL: 'info',
    RATE_LIMIT_SCALE: '1000000',
    // Only recorded calls may end a session.
    SESSIONS_PER_USER: '1000',
    ACCESS_TOKEN_MINUTES: '1440',
    REFRESH_GRACE_SECONDS: '30',
    ...(database === 'postgresql' ? { DATABASE_URL: await emptyPostgresDatabase() } : {}),
    ...(store === 'redis' ? { REDIS_URL: await freshRedis() } : {}),
  }
}

/** Numbers of calls by kind: a run with too few calls proves little. */
function countCalls(calls: readonly Call[]) {
  const count = (fits: (call: Call) => boolean) => calls.filter(fits).length
  const isOk = ({ outcome }: Call) => outcome.kind === 'ok'
  return {
    calls: calls.length,
    unknown: count(({ outcome }) => outcome.kind === 'unknown'),
    signedIn: count((call) => isOk(call) && call.operation.name === 'login'),
    refreshed: count((call) => isOk(call) && call.operation.name === 'refresh'),
    revoked: count((call) => isOk(call) && isRevocation(call)),
    reused: count(({ outcome }) => outcome.kind === 'refused' && outcome.code === 'REFRESH_REUSED'),
  }
}

/** Writes the record of a failed run to a file. */
function saveRecord(calls: readonly Call[], { database }: Backend): string {
  const path = join(tmpdir(), `history-${seed}-${database}.json`)
  writeFileSync(path, JSON.stringify(calls, null, 1))
  return path
}
