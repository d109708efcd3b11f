import { once } from 'node:events'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'

/** A message that an SMTP server received. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** All bytes after DATA. */
  readonly raw: string
  readonly mail: Email
  /** Whether the connection used TLS. */
  readonly secure: boolean
  /** The authenticated user; undefined without authentication. */
  readonly user: string | undefined
}

/** A mail server that stores received messages. */
export interface MailServer {
  /** `host:port`. */
  readonly address: string
  readonly received: readonly ReceivedMail[]
  /** The reply to the next messages: an SMTP error status, or a promise to wait for. */
  answer: (to: string) => number | Promise<void> | null
  close(): Promise<void>
}

/** Starts a mail server on loopback. Without a certificate it has no STARTTLS. */
export async function startMailServer(
  options: SMTPServerOptions & { port?: number } = {},
): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const { port = 0, ...rest } = options
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: rest.cert === undefined,
    disableReverseLookup: true,
    closeTimeout: 100,
    ...rest,
    onRcptTo({ address }, _session, done) {
      const reply = mailServer.answer(address)
      done(typeof reply === 'number' ? buildError(reply, address) : null)
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => void store(Buffer.concat(chunks), session).then(() => done(null), done))
    },
  })
  // Some tests abort connections on purpose.
  server.on('error', () => undefined)
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')

  async function store(bytes: Buffer, session: SMTPServerSession): Promise<void> {
    const to = session.envelope.rcptTo.map(({ address }) => address)
    await mailServer.answer(to[0] ?? '')
    const { mailFrom } = session.envelope
    received.push({
      from: mailFrom ? mailFrom.address : '',
      to,
      raw: bytes.toString('utf8'),
      mail: await PostalMime.parse(bytes),
      secure: session.secure,
      user: session.user,
    })
  }

  const bound = listening.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const mailServer: MailServer = {
    address: `127.0.0.1:${bound.port}`,
    received,
    answer: () => null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return mailServer
}

/** Quotes the address, as real servers do, so that tests detect a log that quotes the server. */
function buildError(status: number, address: string): Error {
  return Object.assign(new Error(`<${address}> rejected`), { responseCode: status })
}
