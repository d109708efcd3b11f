import type { Database } from '../adapters/database/database.ts'
import { createSigningKeys } from '../adapters/database/signing-keys.ts'
import { readMasterSecret } from '../adapters/secrets/secret-files.ts'
import type { Config } from '../config/config.ts'
import { DAY_MS } from '../core/duration.ts'
import { createFindings, type Finding } from '../core/finding.ts'
import type { SealingKeys } from '../core/sealed.ts'
import { deriveKeys } from '../core/secrets.ts'
import { canOpenKey } from '../features/keys/sealed-keys.ts'
import type { Clock } from '../ports/clock.ts'

/** Days after the rotation was due at which it is reported: every node rotates, and one is enough. */
const TOLERATED_DELAY_DAYS = 1

/** Checks the keys that sign access tokens, and whether the master secret opens them. */
export async function diagnoseKeys(
  config: Config,
  database: Database,
  now: Clock,
): Promise<readonly Finding[]> {
  const findings = createFindings('keys')
  const { keys, masterSecret } = config.token
  if (masterSecret === null)
    findings.warn(
      'secret: GATEWAY_SECRET is not set, and the one of DATA_DIR is used',
      'nodes that do not share DATA_DIR need the same GATEWAY_SECRET',
    )
  if (keys.kind !== 'managed') {
    findings.ok(`signing key: ${keys.algorithm} of the settings; it is not rotated by the gateway`)
    return findings.list
  }
  const managed = await createSigningKeys(database).list(keys.algorithm)
  const newest = managed.at(-1)
  if (!newest) {
    findings.ok(`signing key: ${keys.algorithm}, created at the first start`)
    return findings.list
  }
  const sealingKeys = listSealingKeys(config)
  const closed = managed.filter((key) => !sealingKeys || !canOpenKey(key, sealingKeys))
  if (closed.length > 0)
    findings.fail(
      `signing keys: ${closed.length} of ${managed.length} were sealed under another GATEWAY_SECRET`,
      'set the secret under which they were created, or name it in GATEWAY_SECRETS_ACCEPTED: the start is refused',
    )
  const days = Math.floor((now() - newest.createdAt.getTime()) / DAY_MS)
  const text = `signing key: ${keys.algorithm} ${newest.kid}, ${days} days old, of ${managed.length} published`
  if (keys.rotationDays === 0) findings.ok(`${text}; rotation is off`)
  else if (days > keys.rotationDays + TOLERATED_DELAY_DAYS)
    findings.warn(`${text}; rotation was due after ${keys.rotationDays}`, 'check the log of a running node')
  else findings.ok(`${text}; the next one follows after ${keys.rotationDays}`)
  return findings.list
}

/** The keys that open signing keys; null: there is no master secret yet. Creates none. */
function listSealingKeys({ token, server }: Config): SealingKeys | null {
  const master = token.masterSecret ?? readMasterSecret(server.dataDir)
  if (master === null) return null
  const masters = token.masterSecretsAccepted.map((text) => Buffer.from(text))
  return deriveKeys([Buffer.from(master), ...masters], 'signing-keys')
}
