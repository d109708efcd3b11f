import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

// `npm start`: builds what is out of date, then serves in this process. npm passes SIGTERM to the shell that
// it starts, and some shells end without passing it on. Without its parent this process shuts down as on
// SIGTERM; Windows keeps the id of a parent that has ended, and its shells end their children themselves.
const PARENT_CHECK_MS = 250

// Read before the build, during which the parent can end.
const parent = process.ppid
const root = resolve(import.meta.dirname, '..')
execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { cwd: root, stdio: 'inherit' })

const check = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(check)
  process.kill(process.pid, 'SIGTERM')
}, PARENT_CHECK_MS).unref()

// A signal to the process group ends the parent, too, and a second signal would cut the shutdown short.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
  process.once(signal, () => {
    clearInterval(check)
    // Before the gateway listens for signals.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  })

await import(new URL('../dist/main.js', import.meta.url).href)
