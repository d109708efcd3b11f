import { DAY_MS } from '../core/duration.ts'
import type { Adapters } from './adapters.ts'
import { parseJwks } from '../adapters/secrets/secret-files.ts'
import type { Config } from '../config/config.ts'
import type { KeyConfig } from '../config/groups/token.ts'
import { deriveKeys } from '../core/secrets.ts'
import { fixedKeys, privateKeySet, sharedSecretKeySet, type KeySource } from '../core/token-keys.ts'
import { KeyRing } from '../features/keys/key-ring.ts'

/** The keys that sign access tokens. */
export interface Signing {
  readonly source: KeySource
  /** Null: the keys are static or shared, set by the settings. */
  readonly ring: KeyRing | null
  close(): void
}

/** Opens the keys that the settings name. Throws `KeyError` when they cannot be used. */
export async function openSigning(config: Config, adapters: Adapters): Promise<Signing> {
  switch (config.token.keys.kind) {
    case 'shared': {
      const { secret, accepted } = config.token.keys
      return fixed(fixedKeys(await sharedSecretKeySet(secret, ...accepted)))
    }
    case 'static':
      return fixed(
        fixedKeys(await privateKeySet(config.token.keys.algorithm, parseJwks(config.token.keys.jwks))),
      )
    case 'managed': {
      const ring = ringOf(config, adapters, config.token.keys)
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
  { algorithm, rotationDays }: Extract<KeyConfig, { kind: 'managed' }>,
): KeyRing {
  return new KeyRing({
    keys: signingKeys,
    algorithm,
    sealingKeys: deriveKeys(masters, 'signing-keys'),
    rotationMs: rotationDays * DAY_MS,
    // A day more than the life of any token: the clocks of nodes differ, and a key removed too early signs people out.
    overlapMs: (config.token.minutes * 60 + 2 * config.token.leewaySeconds) * 1000 + DAY_MS,
    random,
    now,
    log,
  })
}
