import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { removeFolder, temporaryFolder } from '../support/backends.ts'
import {
  createAuthority,
  type CertificateAuthority,
  type IssuedCertificate,
} from '../support/certificate-authority.ts'
import { parseResponse } from '../support/raw-http.ts'
import { sendSecurely, type SecureRequest } from '../support/secure-request.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { NGINX_HOST, startNginx, type NginxServer } from '../support/servers/nginx.ts'

/** A server in the place of a node, which shows what nginx sends to it. */
interface Node {
  readonly server: Server
  readonly port: number
  /** Headers of the requests that arrived. */
  readonly seen: IncomingHttpHeaders[]
  respond: RequestListener
}

async function startNode(): Promise<Node> {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    node.respond(request, response)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data)))
  sockets.on('headers', (_headers, { headers }) => void seen.push(headers))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const node: Node = { server, port, seen, respond: (_request, response) => void response.end('ok') }
  return node
}

describeWith(['nginx'], 'deploy/nginx', () => {
  let folder: string
  let authority: CertificateAuthority
  let certificate: IssuedCertificate
  let nodes: readonly [Node, Node]
  let nginx: NginxServer
  beforeAll(async () => {
    folder = temporaryFolder()
    authority = createAuthority(folder, 'authority')
    certificate = authority.issue(NGINX_HOST)
    nodes = [await startNode(), await startNode()]
  })
  // A fresh one for each test: it remembers nodes that have failed, and counts requests.
  beforeEach(async () => {
    nginx = await startNginx({ nodes: [nodes[0].port, nodes[1].port], certificate })
  })
  afterEach(async () => {
    await nginx.stop()
    for (const node of nodes) {
      node.seen.length = 0
      node.respond = (_request, response) => void response.end('ok')
    }
  })
  afterAll(() => {
    for (const { server } of nodes) {
      server.closeAllConnections()
      server.close()
    }
    removeFolder(folder)
  })

  const send = (request: Partial<SecureRequest> = {}) =>
    sendSecurely({ port: nginx.port, ca: authority.cert, ...request })
  const listSeen = () => nodes.flatMap(({ seen }) => seen)

  it('states client, protocol and host itself, whatever a client sends in these headers', async () => {
    await send({
      headers: {
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'evil.example',
        'x-real-ip': '203.0.113.7',
        forwarded: 'for=203.0.113.7',
        authorization: 'Bearer token',
      },
      body: '{}',
    })
    expect(listSeen()).toHaveLength(1)
    expect(listSeen()[0]).toMatchObject({
      host: NGINX_HOST,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': NGINX_HOST,
      authorization: 'Bearer token',
    })
    for (const name of ['x-real-ip', 'forwarded']) expect(listSeen()[0]).not.toHaveProperty(name)
  })

  it('passes on request ids that the gateway accepts, and makes one in place of any other', async () => {
    await send({ headers: { 'x-request-id': 'client-id_1.2:3' } })
    await send({ headers: { 'x-request-id': 'short' } })
    await send({ headers: { 'x-request-id': 'no"quotes in an id' } })
    await send()
    const ids = listSeen().map((headers) => String(headers['x-request-id']))
    expect(ids).toContain('client-id_1.2:3')
    expect(ids.filter((id) => /^[0-9a-f]{32}$/.test(id))).toHaveLength(3)
    expect(nginx.accessLog()).toContain('"requestId":"client-id_1.2:3"')
  })

  it('logs the path, and neither the query nor a header', async () => {
    await send({
      method: 'GET',
      path: '/verify-email?token=secret-token',
      headers: { cookie: 'a=secret-cookie' },
    })
    const log = nginx.accessLog()
    expect(log).toContain('"path":"/verify-email"')
    expect(log).not.toContain('secret-')
    for (const line of log.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('seconds')
  })

  it('serves WebSockets', async () => {
    const socket = new WebSocket(`wss://${NGINX_HOST}:${nginx.port}/graphql`, 'graphql-transport-ws', {
      ca: authority.cert,
      lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    })
    await once(socket, 'open')
    socket.send('ping')
    const [data] = (await once(socket, 'message')) as [Buffer]
    expect(data.toString()).toBe('ping')
    expect(listSeen()[0]).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' })
    socket.terminate()
  })

  it('passes each event of a stream on at once', async () => {
    // The rest of the response comes only after the client has read the first event.
    let finish: () => void = () => undefined
    for (const node of nodes)
      node.respond = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
        response.write('event: next\n\n')
        finish = () => response.end('event: complete\n\n')
      }
    const sent = request({
      ...{ host: '127.0.0.1', servername: NGINX_HOST, port: nginx.port, ca: authority.cert },
      headers: { host: NGINX_HOST },
    })
    sent.end()
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
    const [first] = (await once(response, 'data')) as [Buffer]
    expect(first.toString()).toContain('event: next')
    finish()
    await once(response.resume(), 'end')
  })

  it('sends a request to the other node if one does not accept it', async () => {
    const [gone, other] = nodes
    gone.server.closeAllConnections()
    gone.server.close()
    const responses = []
    for (let index = 0; index < 6; index += 1) responses.push(await send({ body: '{}' }))
    expect(responses.map(({ status }) => status)).toEqual(Array(6).fill(200))
    expect(other.seen).toHaveLength(6)
    await once(gone.server.listen(gone.port, '127.0.0.1'), 'listening')
  })

  it('repeats a GET whose node fails, and never a POST, which can have been carried out', async () => {
    for (const node of nodes) node.respond = ({ socket }) => void socket.destroy()
    const post = await send({ body: '{"query":"mutation { logout { success } }"}' })
    expect(listSeen()).toHaveLength(1)
    expect(post.status).toBe(502)
    expect(post.headers).toMatchObject({ 'content-type': 'application/json', 'retry-after': '1' })
    expect(JSON.parse(post.body)).toMatchObject({
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    })
    for (const node of nodes) node.seen.length = 0
    await send({ method: 'GET', path: '/graphql?query=%7B__typename%7D' })
    expect(listSeen().length).toBeGreaterThan(1)
  })

  it('rejects bodies that no node would accept, and passes on those that the gateway answers itself', async () => {
    expect((await send({ body: 'x'.repeat(100_001) })).status).toBe(200)
    expect((await send({ body: 'x'.repeat(131_073) })).status).toBe(413)
  })

  it('redirects pages to HTTPS, and rejects what was posted in plain text', async () => {
    const plain = `http://127.0.0.1:${nginx.plainPort}`
    const page = await fetch(`${plain}/verify-email?a=b`, { redirect: 'manual' })
    expect([page.status, page.headers.get('location')]).toEqual([
      301,
      `https://${NGINX_HOST}/verify-email?a=b`,
    ])
    expect((await fetch(`${plain}/graphql`, { method: 'POST', body: '{}', redirect: 'manual' })).status).toBe(
      403,
    )
    expect(await (await fetch(`${plain}/nginx-health`)).text()).toBe('ok')
    expect(listSeen()).toEqual([])
  })

  it('refuses handshakes for other names and for versions below TLS 1.2', async () => {
    await expect(send({ host: 'other.example' })).rejects.toThrow(/alert|unrecognized name/i)
    const socket = connect({
      ...{ host: '127.0.0.1', port: nginx.port, servername: NGINX_HOST, ca: authority.cert },
      ...{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    })
    await expect(once(socket, 'secureConnect')).rejects.toThrow(/alert/i)
  })

  it('limits the requests of one address', async () => {
    // In one write: the rate of the requests does not depend on the speed of this machine.
    const text = `GET /livez HTTP/1.1\r\nHost: ${NGINX_HOST}\r\n\r\n`.repeat(600)
    const socket = connect({
      ...{ host: '127.0.0.1', port: nginx.port, servername: NGINX_HOST, ca: authority.cert },
    })
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    socket.write(text.replace(/\r\n\r\n$/, '\r\nConnection: close\r\n\r\n'))
    await once(socket, 'close')
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)
    expect(statuses).toHaveLength(600)
    expect(statuses.filter((status) => status === '200').length).toBeGreaterThan(50)
    const limited = parseResponse(received.slice(received.indexOf('HTTP/1.1 429')))
    expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
    expect(limited.body).toMatch(
      /^\{"errors":\[\{"message":"[^"]+","extensions":\{"code":"RATE_LIMITED"\}\}\]\}/,
    )
  })
})
