import { once } from 'node:events'
import { WebSocket } from 'ws'
import { z } from 'zod'

/** A function of a CPU profile (Chrome DevTools Protocol, `Profiler.ProfileNode`). */
interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[] | undefined
}

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

/** Microseconds between two samples. */
const SAMPLING_INTERVAL = 200

/** The inspector of a process that listens on a port. */
export interface Inspector {
  /** Profiles the main thread while `work` runs; returns microseconds by room. */
  profile(work: () => Promise<unknown>): Promise<Map<string, number>>
  close(): void
}

/** Connects to the inspector of a process that was started with `--inspect=127.0.0.1:port`. */
export async function connectInspector(port: number): Promise<Inspector> {
  const response = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = z.array(z.object({ webSocketDebuggerUrl: z.string() })).parse(await response.json())
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await once(socket, 'open')
  let commands = 0
  const command = async (method: string, params = {}): Promise<unknown> => {
    const id = (commands += 1)
    socket.send(JSON.stringify({ id, method, params }))
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer]
      const message = JSON.parse(data.toString()) as { id?: number; result?: unknown }
      if (message.id === id) return message.result
    }
  }
  await command('Profiler.enable')
  await command('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL })
  return {
    async profile(work) {
      await command('Profiler.start')
      await work()
      const result = z.object({ profile: profileSchema }).parse(await command('Profiler.stop'))
      return sumByRoom(result.profile)
    },
    close: () => socket.close(),
  }
}

/** The time of each room, without idle time. Built-in functions belong to the function that called them. */
function sumByRoom({ nodes, samples, timeDeltas }: z.infer<typeof profileSchema>): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const roomById = new Map<number, string>()
  const assign = (node: ProfileNode, callerRoom: string) => {
    const room = findRoom(node.callFrame, callerRoom)
    roomById.set(node.id, room)
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child) assign(child, room)
    }
  }
  if (nodes[0]) assign(nodes[0], 'native code')
  const micros = new Map<string, number>()
  samples.forEach((id, index) => {
    const room = roomById.get(id) ?? 'native code'
    if (room !== 'idle') micros.set(room, (micros.get(room) ?? 0) + (timeDeltas[index] ?? 0))
  })
  return micros
}

/** Packages by the name of their row; the first match applies. */
const LIBRARIES: readonly (readonly [RegExp, string])[] = [
  [/^(@prisma\/|prisma$)/, 'Prisma'],
  [/^(libsql|@libsql\/|pg($|-)|postgres-|@neon-rs\/)/, 'database drivers'],
  [/^(ioredis|@ioredis\/|redis-parser|cluster-key-slot|denque)/, 'ioredis'],
  [/^(graphql|@graphql-tools\/|graphql-rate-limit|graphql-scalars)/, 'graphql-js'],
  [/^type-graphql/, 'TypeGraphQL'],
  [/^(@apollo\/|@as-integrations\/)/, 'Apollo Server'],
  [/^(jose|lru-cache)/, 'jose and lru-cache'],
  [/^(pino|sonic-boom|thread-stream|quick-format-unescaped|safe-stable-stringify)/, 'pino'],
  [/^(dataloader|cockatiel|zod)/, 'dataloader, cockatiel, zod'],
  [/^(fastify|@fastify\/|find-my-way|avvio|fast-|secure-json-parse|light-my-request|reusify)/, 'Fastify'],
]

function findRoom({ functionName, url }: ProfileNode['callFrame'], callerRoom: string): string {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === '(program)') return 'native code'
  if (url === '') return callerRoom
  if (url.startsWith('node:')) return 'Node.js'
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (name !== undefined) return LIBRARIES.find(([names]) => names.test(name))?.[1] ?? 'other libraries'
  const room = /\/dist\/([a-z-]+)/.exec(url)?.[1] ?? 'other'
  return room === 'generated' ? 'Prisma' : `src/${room}`
}
