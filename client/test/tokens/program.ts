// A program as operators run it, for processes.test.ts: it waits for a line on standard input, so that all
// programs of a test ask at once.
import { once } from 'node:events'
import {
  createRedisTokenStorage,
  createTokenSource,
  createTokenStorage,
  type TokenStorage,
} from '../../src/tokens/index.ts'

const { GATEWAY_URL = '', GATEWAY_API_KEY = '', GATEWAY_API_SECRET = '', HOLD_MS } = process.env

/** A holder on Redis keeps its lock for this long after its death. */
function openStorage(): TokenStorage {
  const { GATEWAY_REDIS_URL: url } = process.env
  if (HOLD_MS === undefined || url === undefined) return createTokenStorage()
  return createRedisTokenStorage({ redis: { url }, leaseMs: Number(HOLD_MS) })
}

const storage = openStorage()
const hold = async (): Promise<never> => {
  console.log('held')
  return new Promise(() => setInterval(() => undefined, 1000))
}
const source = createTokenSource({
  url: GATEWAY_URL,
  apiKey: GATEWAY_API_KEY,
  apiSecret: GATEWAY_API_SECRET,
  storage,
  // A holder gets as far as its request for a token.
  ...(HOLD_MS !== undefined && { fetch: hold }),
})
console.log('ready')
await once(process.stdin, 'data')
console.log(await source.getToken())
await source.close()
process.stdin.destroy()
