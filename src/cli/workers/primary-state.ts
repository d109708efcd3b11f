import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { identifyProcess } from './process-identity.ts'

const state = z.object({
  /** `identifyProcess` of the primary process; null where the platform cannot tell. */
  identity: z.string().nullable(),
  /** Number of the last reload that began, from 1; 0: none. */
  begun: z.int(),
  /** Number of the last reload that is complete. */
  completed: z.int(),
  /** Why the last complete reload was refused, as a start that fails so would say it; null: it was not. */
  refusal: z
    .object({ message: z.string(), problems: z.array(z.string()).readonly().nullable(), status: z.int() })
    .nullable(),
  /** Number of workers that serve with the last accepted settings. */
  workers: z.int(),
})

/** What a primary process tells about itself in the file of `PID_PATH`. */
export type PrimaryState = z.output<typeof state>

/** A running primary process. */
export interface RunningPrimary {
  readonly pid: number
  readonly state: PrimaryState
}

/**
 * Writes the file of `PID_PATH`: the process id in the first line, as other programs expect it, and the state
 * as JSON in the second. Readers see the old file or the new one, never a part.
 */
export function writePrimaryState(path: string, pid: number, content: PrimaryState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${pid}`
  writeFileSync(draft, `${pid}\n${JSON.stringify(content)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}

/** Removes the file. */
export function removePrimaryState(path: string): void {
  rmSync(path, { force: true })
}

/**
 * The primary process that has written the file, if it still runs. Null if there is no such file, or if its
 * process has ended, even if another process has its id now.
 */
export function findPrimary(path: string): RunningPrimary | null {
  const file = readPrimaryState(path)
  if (file === null || file.state.identity === null) return null
  return identifyProcess(file.pid) === file.state.identity ? file : null
}

function readPrimaryState(path: string): RunningPrimary | null {
  try {
    const [pid, json = ''] = readFileSync(path, 'utf8').split('\n')
    return { pid: z.coerce.number().int().positive().parse(pid), state: state.parse(JSON.parse(json)) }
  } catch {
    return null
  }
}
