import { DAY_MS } from '../core/duration.ts'
import type { Adapters } from './adapters.ts'
import { parseJwks } from '../adapters/secrets/secret-files.ts'
import type { Config } from '../config/config.ts'
import type { KeyConfig } from '../config/groups/token.ts'
import { deriveKeys } from '../core/secrets.ts'
import {
  createStaticKeySource,
  buildPrivateKeySet,
  buildSharedSecretKeySet,
  type KeySource,
} from '../core/token-keys.ts'
import { KeyRing } from '../features/keys/key-ring.ts'

/** The keys that sign access tokens. */
export interface Signing {
  readonly source: KeySource
  /** The managed keys; null if the settings contain the keys. */
  readonly ring: KeyRing | null
  close(): void
}

/** Opens the signing keys that the settings select. Throws `KeyError` if they cannot be used. */
export async function openSigning(config: Config, adapters: Adapters): Promise<Signing> {
  switch (config.token.keys.kind) {
    case 'shared': {
      const { secret, accepted } = config.token.keys
      return toStaticSigning(createStaticKeySource(await buildSharedSecretKeySet(secret, ...accepted)))
    }
    case 'static':
      return toStaticSigning(
        createStaticKeySource(
          await buildPrivateKeySet(config.token.keys.algorithm, parseJwks(config.token.keys.jwks)),
        ),
      )
    case 'managed': {
      const ring = createKeyRing(config, adapters, config.token.keys)
      await ring.open().catch((error: unknown) => {
        ring.close()
        throw error
      })
      return { source: ring, ring, close: () => ring.close() }
    }
  }
}

function toStaticSigning(source: KeySource): Signing {
  return { source, ring: null, close: () => undefined }
}

function createKeyRing(
  config: Config,
  { masters, signingKeys, random, now, log }: Adapters,
  { algorithm, rotationDays }: Extract<KeyConfig, { kind: 'managed' }>,
): KeyRing {
  return new KeyRing({
    keys: signingKeys,
    algorithm,
    sealingKeys: deriveKeys(masters, 'signing-keys'),
    rotationMs: rotationDays * DAY_MS,
    // A day longer than any token is valid, because clocks differ: removing a key too early signs users out.
    overlapMs: (config.token.minutes * 60 + 2 * config.token.leewaySeconds) * 1000 + DAY_MS,
    random,
    now,
    log,
  })
}
