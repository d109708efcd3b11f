import { once } from 'node:events'
import { WebSocket } from 'ws'
import { tally, type Attack } from './attack.ts'
import type { Target } from './target.ts'

/**
 * The outcome of a WebSocket with this origin and token: `open`, its close code, or the HTTP status of a
 * rejection. An open one is added to `kept`, or ended without it.
 */
async function openSocket(
  { port }: Target,
  origin: string | null,
  token: string | null,
  kept?: WebSocket[],
): Promise<number | string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
    ...(origin === null ? {} : { origin }),
  })
  const rejected = new Promise<number | string>((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('close', (code: number) => resolve(code))
    socket.on('error', () => undefined)
  })
  const opened = once(socket, 'open').catch(() => null)
  if (
    (await Promise.race([opened, rejected])) === null ||
    typeof (await Promise.race([rejected, opened])) === 'number'
  )
    return rejected
  const acknowledged = once(socket, 'message').then(() => 'open')
  socket.send(
    JSON.stringify({
      type: 'connection_init',
      ...(token === null ? {} : { payload: { authorization: `Bearer ${token}` } }),
    }),
  )
  const outcome = await Promise.race([acknowledged, rejected])
  if (kept && outcome === 'open') kept.push(socket)
  else socket.terminate()
  return outcome
}

/** Attacks by WebSocket handshakes. */
export const SOCKET_ATTACKS: readonly Attack[] = [
  {
    name: 'WebSocket: a foreign and a null origin with a token; no origin without, with a false and with a valid token',
    expected: '403 ×2, 4401 ×2, open',
    async run(target) {
      const { accessToken } = await target.signUp()
      return tally([
        await openSocket(target, 'https://evil.example', accessToken),
        await openSocket(target, 'null', accessToken),
        await openSocket(target, null, null),
        await openSocket(target, null, 'false'),
        await openSocket(target, null, accessToken),
      ])
    },
  },
  {
    name: 'WebSocket: 60 sockets with one token, one after another',
    expected: 'open ×20, 4429 ×40',
    async run(target) {
      const { accessToken } = await target.signUp()
      const kept: WebSocket[] = []
      const outcomes: (number | string)[] = []
      for (let opened = 0; opened < 60; opened += 1)
        outcomes.push(await openSocket(target, null, accessToken, kept))
      for (const socket of kept) socket.terminate()
      return tally(outcomes)
    },
  },
  {
    name: 'WebSocket: 2,000 pings at once on one socket; meanwhile another caller',
    expected: 'closed with 4429 after less than 200 responses; ok',
    async run(target) {
      const { accessToken } = await target.signUp()
      const kept: WebSocket[] = []
      await openSocket(target, null, accessToken, kept)
      const [socket] = kept
      if (!socket) return 'not open'
      let responses = 0
      socket.on('message', () => (responses += 1))
      const closed = once(socket, 'close')
      for (let sent = 0; sent < 2000; sent += 1) socket.send('{"type":"ping"}')
      const other = await target.query('{ __typename }', {}, { from: target.newNetwork() })
      const [code] = (await closed) as [number]
      return `closed with ${code} after ${responses < 200 ? 'less than 200' : responses} responses; ${other.code}`
    },
  },
]
