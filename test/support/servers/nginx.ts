import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { IssuedCertificate } from '../certificate-authority.ts'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start } from './processes.ts'

const DEPLOY = resolve(import.meta.dirname, '../../../deploy')
/** The name in the certificate of the server. */
export const NGINX_HOST = 'localhost'

/** A private nginx with the configuration of deploy/nginx. */
export interface NginxServer {
  /** Port of HTTPS on loopback. */
  readonly port: number
  /** Port of plain HTTP. */
  readonly plainPort: number
  /** Lines of the access log so far. */
  accessLog(): string
  stop(): Promise<void>
}

/** What the configuration is adapted to. */
export interface NginxOptions {
  /** Loopback ports of the nodes. */
  readonly nodes: readonly [number, number]
  readonly certificate: Pick<IssuedCertificate, 'certFile' | 'keyFile'>
  /** Requests per second of one address, in place of the committed limit. */
  readonly rate?: number
  /** Path of another gateway.conf than that of deploy/nginx. */
  readonly site?: string
}

/** Starts nginx on free loopback ports. Throws with its messages if the configuration is invalid. */
export async function startNginx(options: NginxOptions): Promise<NginxServer> {
  const binary = findBinary('nginx')
  if (binary === null) throw new Error('nginx is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'gateway-nginx-'))
  // The user of the worker processes reads and writes below it.
  chmodSync(folder, 0o755)
  const [port, plainPort] = [await freePort(), await freePort()]
  writeConfiguration(folder, options, { port, plainPort })
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']
  execFileSync(binary, ['-t', '-q', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const child = start(binary, args)
  await eventually(() => isListening(port))
  return {
    port,
    plainPort,
    accessLog: () => readFileSync(join(folder, 'access.log'), 'utf8'),
    async stop() {
      await end(child, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function writeConfiguration(
  folder: string,
  { nodes, certificate, rate = 50, site = join(DEPLOY, 'nginx/gateway.conf') }: NginxOptions,
  { port, plainPort }: Pick<NginxServer, 'port' | 'plainPort'>,
): void {
  mkdirSync(join(folder, 'gateway'))
  mkdirSync(join(folder, 'temporary'))
  cpSync(join(DEPLOY, 'nginx/proxy.conf'), join(folder, 'gateway/proxy.conf'))
  const upstream = readFileSync(join(DEPLOY, 'nginx/upstream.conf'), 'utf8')
  writeFileSync(
    join(folder, 'gateway/upstream.conf'),
    replaceAll(upstream, [
      [/127\.0\.0\.1:4001/g, `127.0.0.1:${nodes[0]}`],
      [/127\.0\.0\.1:4002/g, `127.0.0.1:${nodes[1]}`],
    ]),
  )
  writeFileSync(
    join(folder, 'gateway.conf'),
    replaceAll(readFileSync(site, 'utf8'), [
      [/^ *listen \[::\].*\n/gm, ''],
      [/rate=50r\/s/g, `rate=${rate}r/s`],
      [/listen 80;/g, `listen 127.0.0.1:${plainPort};`],
      [/listen 443 /g, `listen 127.0.0.1:${port} `],
      [/server_name [\w.]+;/g, `server_name ${NGINX_HOST};`],
      [/ssl_certificate [^;]+/g, `ssl_certificate ${certificate.certFile}`],
      [/ssl_certificate_key [^;]+/g, `ssl_certificate_key ${certificate.keyFile}`],
      [/access_log \/[^ ]+/g, `access_log ${join(folder, 'access.log')}`],
    ]),
  )
  writeFileSync(join(folder, 'nginx.conf'), buildMain(folder))
}

/** What the package of a distribution or the image of nginx has around the site. */
function buildMain(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, 'temporary', name)};`,
  )
  const main = ['daemon off;', 'worker_processes 1;', `pid ${join(folder, 'nginx.pid')};`]
  const http = ['access_log off;', ...temporary, 'include gateway.conf;']
  return [...main, 'events {}', 'http {', ...http, '}'].join('\n')
}

/** Replaces each pattern, which must occur: the test would otherwise run something else than it says. */
function replaceAll(text: string, replacements: readonly (readonly [RegExp, string])[]): string {
  return replacements.reduce((result, [pattern, replacement]) => {
    if (result.search(pattern) < 0) throw new Error(`not in the configuration: ${String(pattern)}`)
    return result.replace(pattern, replacement)
  }, text)
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}
