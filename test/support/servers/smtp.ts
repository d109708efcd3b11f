import { once } from 'node:events'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'

/** A message as an SMTP server got it. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** Every octet after DATA. */
  readonly raw: string
  readonly mail: Email
  /** Whether it came over TLS. */
  readonly secure: boolean
  /** Who signed in; undefined where nobody did. */
  readonly user: string | undefined
}

/** A mail server that keeps what it gets. */
export interface MailServer {
  /** `host:port`. */
  readonly address: string
  readonly received: readonly ReceivedMail[]
  /** How the next messages end: an SMTP status to refuse with, or a promise to wait for. */
  answer: (to: string) => number | Promise<void> | null
  close(): Promise<void>
}

/** Starts one on loopback. Without certificate it has no STARTTLS. */
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
      const answer = mailServer.answer(address)
      done(typeof answer === 'number' ? failure(answer, address) : null)
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => void keep(Buffer.concat(chunks), session).then(() => done(null), done))
    },
  })
  // A client that goes away in the middle is the subject of a test, not its failure.
  server.on('error', () => undefined)
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')

  async function keep(bytes: Buffer, session: SMTPServerSession): Promise<void> {
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

/** Servers quote the address, so that a log which quotes the server is found out. */
function failure(status: number, address: string): Error {
  return Object.assign(new Error(`<${address}> is not welcome`), { responseCode: status })
}
