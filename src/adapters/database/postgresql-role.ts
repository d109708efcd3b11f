import type { TargetSessionAttrs } from '../../core/postgresql-url.ts'

/** What a server says about itself. */
export interface ServerState {
  /** Whether it replays the log of another server. */
  readonly standby: boolean
  /** `on` or `off`: `transaction_read_only`. */
  readonly readOnly: string
}

/** A server that responds and that `target_session_attrs` excludes. */
export class WrongRoleError extends Error {
  override readonly name = 'WrongRoleError'
}

/** Throws `WrongRoleError` unless the server is one of those that `target_session_attrs` names. */
export function requireRole(attributes: TargetSessionAttrs, { standby, readOnly }: ServerState): void {
  const isWritable = !standby && readOnly === 'off'
  const isWanted: Readonly<Record<TargetSessionAttrs, boolean>> = {
    any: true,
    'read-write': isWritable,
    'read-only': !isWritable,
    primary: !standby,
    standby,
  }
  if (!isWanted[attributes])
    throw new WrongRoleError(
      `no PostgreSQL server of the URL is ${attributes} (target_session_attrs): this one is ${standby ? 'a standby' : isWritable ? 'a primary' : 'read-only'}`,
    )
}
