import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Environment } from '../../config/environment.ts'
import { workerGroup, toPidPath } from '../../config/groups/workers.ts'
import { serverGroup } from '../../config/groups/server.ts'
import { parseSettings } from '../../config/load-config.ts'
import type { GuardCommand } from '../run-command.ts'
import { toStartError } from '../start-error.ts'
import { findPrimary, type PrimaryState } from './primary-state.ts'

/** Milliseconds between two looks at the state of the primary process. */
const POLL_MS = 100

/** `gateway reload`: exit status 0 when new workers serve, otherwise that of a start which fails so. */
export function addReloadCommand(program: Command, guard: GuardCommand, environment: Environment): void {
  program
    .command('reload')
    .description('let the running gateway with WORKERS serve with new settings and certificates')
    .action(() =>
      guard(async () => {
        const { workers } = await reload(readPidPath(environment))
        process.stdout.write(`reloaded: ${workers} ${workers === 1 ? 'worker' : 'workers'}\n`)
      }),
    )
}

/**
 * Only the settings that name the file: a shell usually does not have the environment of the gateway, which
 * checks its settings itself.
 */
function readPidPath(environment: Environment): string {
  const { PID_PATH } = workerGroup.settings
  const { DATA_DIR } = serverGroup.settings
  return toPidPath(parseSettings({ PID_PATH, DATA_DIR }, environment))
}

/** Sends SIGHUP to the primary process, and waits until its reload is complete. Throws why it was refused. */
async function reload(path: string): Promise<PrimaryState> {
  if (process.platform === 'win32') throw new Error('gateway reload is not available on Windows')
  const primary = findPrimary(path)
  if (primary === null)
    throw new Error(
      `no gateway with WORKERS runs that has written ${path}; set PID_PATH or DATA_DIR as it has`,
    )
  const { pid, state } = primary
  process.kill(pid, 'SIGHUP')
  // A reload that has begun already can have read the settings before they were changed.
  const completed = await awaitReload(path, pid, state.begun + 1)
  if (completed.refusal !== null) throw toStartError(completed.refusal)
  return completed
}

async function awaitReload(path: string, pid: number, number: number): Promise<PrimaryState> {
  for (;;) {
    const primary = findPrimary(path)
    if (primary?.pid !== pid) throw new Error(`process ${pid} ended during the reload`)
    if (primary.state.completed >= number) return primary.state
    await sleep(POLL_MS)
  }
}
