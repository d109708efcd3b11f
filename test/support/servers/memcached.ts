import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start } from './processes.ts'

/** A private Memcached server. */
export interface MemcachedServer {
  /** `host:port`, as `MEMCACHED_SERVERS` takes it. */
  readonly address: string
  readonly port: number
  /** Stops the process without closing connections. */
  pause(): void
  resume(): void
  /** Kills the server; its data is lost. */
  crash(): Promise<void>
  /** Restarts an empty server on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Certificate and key of a server, in files that every user can read. */
export interface MemcachedTls {
  readonly certFile: string
  readonly keyFile: string
}

/** Starts a private Memcached server on a free loopback port; without evictions by default. */
export async function startMemcached(
  options: readonly string[] = ['-M'],
  tls: MemcachedTls | null = null,
): Promise<MemcachedServer> {
  const binary = findBinary('memcached')
  if (binary === null) throw new Error('memcached is not installed')
  const port = await freePort()
  // The last option concerns root alone, which memcached refuses to run as.
  const args = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody', ...options]
  if (tls) args.push('-Z', '-o', `ssl_chain_cert=${tls.certFile},ssl_key=${tls.keyFile}`)
  const launch = async () => {
    const child = start(binary, args)
    await eventually(() => isResponding(port, tls !== null))
    return child
  }
  let child = await launch()
  const stop = () => end(child, 'SIGKILL')
  return {
    address: `127.0.0.1:${port}`,
    port,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    crash: stop,
    restart: async () => void (child = await launch()),
    stop,
  }
}

async function isResponding(port: number, isTls: boolean): Promise<boolean> {
  const socket = isTls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect(port, '127.0.0.1')
  try {
    socket.write('version\r\n')
    await once(socket, 'data')
    return true
  } finally {
    socket.destroy()
  }
}
