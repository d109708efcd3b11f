import type { Adapters } from './adapters.ts'
import { parseJwks } from '../adapters/secrets/secret-files.ts'
import type { Config } from '../config/config.ts'
import { deriveKeys } from '../core/secrets.ts'
import { fixedKeys, privateKeySet, sharedSecretKeySet, type KeySource } from '../core/token-keys.ts'
import { KeyRing } from '../features/keys/key-ring.ts'

const DAY = 24 * 60 * 60_000

/** The keys that sign access tokens. */
export interface Signing {
  readonly source: KeySource
  /** The ring, where the gateway keeps the keys itself; null where the settings give them. */
  readonly ring: KeyRing | null
  close(): void
}

/** Opens the keys that the settings name. Throws `KeyError` when they cannot be used. */
export async function openSigning(config: Config, adapters: Adapters): Promise<Signing> {
  switch (config.keys.kind) {
    case 'shared': {
      const { secret, accepted } = config.keys
      return fixed(fixedKeys(await sharedSecretKeySet(secret, ...accepted)))
    }
    case 'given':
      return fixed(fixedKeys(await privateKeySet(config.keys.algorithm, parseJwks(config.keys.jwks))))
    case 'kept': {
      const ring = ringOf(config, adapters, config.keys)
      await ring.open()
      return { source: ring, ring, close: () => ring.close() }
    }
  }
}

function fixed(source: KeySource): Signing {
  return { source, ring: null, close: () => undefined }
}

function ringOf(
  config: Config,
  { masters, signingKeys, random, now, log }: Adapters,
  { algorithm, rotationDays }: Extract<Config['keys'], { kind: 'kept' }>,
): KeyRing {
  return new KeyRing({
    keys: signingKeys,
    algorithm,
    sealingKeys: deriveKeys(masters, 'signing-keys'),
    rotationMs: rotationDays * DAY,
    // A day more than the life of any token: the clocks of nodes differ, and a key removed too early signs people out.
    overlapMs: (config.token.minutes * 60 + 2 * config.token.leewaySeconds) * 1000 + DAY,
    random,
    now,
    log,
  })
}
