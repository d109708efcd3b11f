import cluster from 'node:cluster'
import type { Command } from 'commander'
import type { GuardCommand } from '../run-command.ts'

/** The command that a primary process starts its workers with. */
export const WORKER_COMMAND = 'worker'

/** `gateway worker`, which only a primary process can start. */
export function addWorkerCommand(
  program: Command,
  guard: GuardCommand,
  { version }: { readonly version: string },
): void {
  program.command(WORKER_COMMAND, { hidden: true }).action(() =>
    guard(async () => {
      if (!cluster.worker) throw new Error('gateway worker is started by gateway serve, with WORKERS')
      const { serveAsWorker } = await import('./serve-as-worker.ts')
      await serveAsWorker(cluster.worker.id, version)
    }),
  )
}
