import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../test/support/servers/processes.ts'
import { median, report, buildTable } from './figures.ts'

// The time from `git clone` to the first response, and from the start of the installed server to readiness.

const root = resolve(import.meta.dirname, '..')
const STARTS = 7
const folder = mkdtempSync(join(tmpdir(), 'gateway-start-'))
const clone = join(folder, 'clone')

/** Milliseconds until a request to the address succeeds. */
async function waitForSuccess(address: string, body: string | null, since: number): Promise<number> {
  const request =
    body === null ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  for (;;) {
    const succeeded = await fetch(address, request).then(
      ({ ok }) => ok,
      () => false,
    )
    if (succeeded) return performance.now() - since
    await sleep(10)
  }
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  process.kill(-(child.pid ?? 0), 'SIGINT')
  await exited
}

async function measureFirstResponse(): Promise<number> {
  const port = String(await freePort())
  const since = performance.now()
  execFileSync('git', ['clone', '--quiet', root, clone])
  const child = spawn('sh', ['-c', 'npm install && npm start'], {
    cwd: clone,
    env: { ...process.env, PORT: port },
    stdio: 'ignore',
    detached: true,
  })
  const took = await waitForSuccess(`http://127.0.0.1:${port}/graphql`, '{"query":"{ __typename }"}', since)
  await end(child)
  return took
}

async function measureReadiness(): Promise<number> {
  const port = String(await freePort())
  const since = performance.now()
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: clone,
    env: { ...process.env, PORT: port },
    stdio: 'ignore',
    detached: true,
  })
  const took = await waitForSuccess(`http://127.0.0.1:${port}/readyz`, null, since)
  await end(child)
  return took
}

try {
  const first = await measureFirstResponse()
  const starts: number[] = []
  for (let start = 0; start < STARTS; start += 1) starts.push(await measureReadiness())
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const rows = [
    ['`git clone` to the first response', seconds(first), '2 min'],
    [`start to \`/readyz\`, median of ${STARTS}`, seconds(median(starts)), '3 s'],
    ['start to `/readyz`, slowest', seconds(Math.max(...starts)), '3 s'],
  ]
  await report(
    'start',
    `${buildTable(['what', 'time', 'budget'], rows)}\n\nNode ${process.versions.node}, ${cpus().length} cores.`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
