import { Redis } from 'ioredis'
import type { TestGateway } from '../gateway.ts'

/** As if a minute had passed since the last message to anybody. Redis keeps time itself: there the windows are closed by hand. */
export async function passMinuteForMessages(gateway: TestGateway): Promise<void> {
  const url = gateway.environment['REDIS_URL']
  if (url === undefined) return gateway.passTime(60_000)
  const redis = new Redis(url)
  const keys = await redis.keys('gw:limit:otp-resend:*')
  if (keys.length > 0) await redis.del(keys)
  redis.disconnect()
}
