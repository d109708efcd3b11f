import type { Attack } from './attack.ts'
import { ACCOUNT_ATTACKS } from './accounts.ts'
import { BODY_ATTACKS } from './bodies.ts'
import { BOMB_ATTACKS } from './bombs.ts'
import { DOCUMENT_ATTACKS } from './documents.ts'
import { LIMIT_ATTACKS } from './limits.ts'
import { SOCKET_ATTACKS } from './sockets.ts'
import { STRING_ATTACKS } from './strings.ts'
import { TOKEN_ATTACKS } from './tokens.ts'

/** All attacks. `npm run attack` and `test/process/attack.test.ts` run the same ones. */
export const ATTACKS: readonly Attack[] = [
  ...DOCUMENT_ATTACKS,
  ...BODY_ATTACKS,
  ...BOMB_ATTACKS,
  ...TOKEN_ATTACKS,
  ...ACCOUNT_ATTACKS,
  ...LIMIT_ATTACKS,
  ...SOCKET_ATTACKS,
  ...STRING_ATTACKS,
]
