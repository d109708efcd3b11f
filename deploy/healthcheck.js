import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

// HEALTHCHECK of the image: exit status 0 if the gateway of this container responds at /livez. Part of the
// image because the base has neither curl nor wget, and a command of the gateway would take longer to start.

const { PORT: port = '4000', TLS_CERT: cert, TLS_CERT_FILE: certFile } = process.env
const send = cert || certFile ? requestHttps : requestHttp
// The certificate is for the public name. Nothing secret is sent.
const options = { host: '127.0.0.1', port, path: '/livez', timeout: 2000, rejectUnauthorized: false }
const request = send(options, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
request.on('timeout', () => request.destroy(new Error('no response')))
request.on('error', ({ message }) => {
  console.error(message)
  process.exit(1)
})
request.end()
