import { once } from 'node:events'
import { WebSocket } from 'ws'
import { tally, type Attack } from './attack.ts'
import type { Target } from './target.ts'

/** How a socket ends that opens with these headers and this token: its close code, or the status that refused it. */
async function ending(
  { port }: Target,
  origin: string | null,
  token: string | null,
): Promise<number | string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
    ...(origin === null ? {} : { origin }),
  })
  const refused = new Promise<number | string>((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('close', (code: number) => resolve(code))
    socket.on('error', () => undefined)
  })
  const opened = once(socket, 'open').catch(() => null)
  if (
    (await Promise.race([opened, refused])) === null ||
    typeof (await Promise.race([refused, opened])) === 'number'
  )
    return refused
  const acknowledged = once(socket, 'message').then(() => 'open')
  socket.send(
    JSON.stringify({
      type: 'connection_init',
      ...(token === null ? {} : { payload: { authorization: `Bearer ${token}` } }),
    }),
  )
  const end = await Promise.race([acknowledged, refused])
  socket.terminate()
  return end
}

/** What may open a WebSocket. */
export const SOCKET_ATTACKS: readonly Attack[] = [
  {
    name: 'WebSocket: a foreign page and null, with a token; no Origin without, with a false and with a real token',
    expected: '403 ×2, 4401 ×2, open',
    async run(target) {
      const { accessToken } = await target.signUp()
      return tally([
        await ending(target, 'https://evil.example', accessToken),
        await ending(target, 'null', accessToken),
        await ending(target, null, null),
        await ending(target, null, 'false'),
        await ending(target, null, accessToken),
      ])
    },
  },
]
