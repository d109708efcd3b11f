/** The result of one check of an installation. */
export interface Finding {
  readonly area: 'settings' | 'database' | 'store' | 'keys' | 'messages' | 'traces' | 'clock'
  /** `failure`: the gateway cannot start or serve. `warning`: it serves, and an operator should act. */
  readonly status: 'ok' | 'warning' | 'failure'
  /** What was found, in one line without a secret. */
  readonly text: string
  /** What to do about it; null: nothing. */
  readonly remedy: string | null
}

/** Findings of one area. */
export function createFindings(area: Finding['area']): {
  readonly list: readonly Finding[]
  ok(text: string): void
  warn(text: string, remedy: string): void
  fail(text: string, remedy: string): void
} {
  const list: Finding[] = []
  const add = (status: Finding['status']) => (text: string, remedy: string | null) =>
    void list.push({ area, status, text, remedy })
  const ok = add('ok')
  return { list, ok: (text) => ok(text, null), warn: add('warning'), fail: add('failure') }
}

/** The code of an error, or its class: messages of libraries can repeat responses and addresses. */
export function nameError(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code)
  return error instanceof Error ? error.name : 'unknown error'
}
