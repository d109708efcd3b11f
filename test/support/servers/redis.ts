import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start } from './processes.ts'

/** A private Redis server. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Stops answering without closing a connection. */
  pause(): void
  resume(): void
  /** Ends the server as `kill -9` does; its memory is lost. */
  crash(): Promise<void>
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts a Redis server of its own: loopback, free port, nothing on disk. */
export async function startRedis(extra: readonly string[] = []): Promise<RedisServer> {
  const binary = findBinary('redis-server')
  if (binary === null) throw new Error('redis-server is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'gateway-redis-'))
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
    '--databases',
    '256',
    ...extra,
  ]
  const launch = async () => {
    const child = start(binary, args)
    await eventually(() => answers(port))
    return child
  }
  let child = await launch()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    crash: () => end(child, 'SIGKILL'),
    restart: async () => void (child = await launch()),
    async stop() {
      await end(child, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Whether the server answers at all, were it to refuse. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write('PING\r\n')
    await once(socket, 'data')
    return true
  } finally {
    socket.destroy()
  }
}
