import { chmodSync, chownSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { requireDatabase } from '../../../src/adapters/database/database-check.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { removeFolder, temporaryFolder } from '../../support/backends.ts'
import { createAuthority, type CertificateAuthority } from '../../support/certificate-authority.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { query, startPostgres, type PostgresServer } from '../../support/servers/postgres.ts'
import { eventually, unprivilegedUser } from '../../support/servers/processes.ts'

const LOOPBACK = { names: 'IP:127.0.0.1,DNS:localhost' }

describeWith(['postgresql', 'faketime'], 'TLS to PostgreSQL (SR-272)', () => {
  const folder = temporaryFolder()
  const authority: CertificateAuthority = createAuthority(folder, 'authority')
  const stranger = createAuthority(folder, 'stranger')
  let server: PostgresServer
  beforeAll(async () => void (server = await startPostgres()))
  afterAll(async () => {
    await server.stop()
    removeFolder(folder)
  })

  /** Lets the server present a certificate and require client certificates of the authority in `rules`. */
  async function present({ certFile, keyFile }: { certFile: string; keyFile: string }): Promise<void> {
    const user = unprivilegedUser()
    const files = { ssl_cert_file: certFile, ssl_key_file: keyFile, ssl_ca_file: authority.certFile }
    const copies = Object.entries(files).map(([setting, file]) => {
      const copy = join(server.folder, `${setting}-${file.split('/').at(-1) ?? ''}`)
      cpSync(file, copy)
      chmodSync(copy, 0o600)
      if (user) chownSync(copy, user.uid, user.gid)
      return [setting, copy] as const
    })
    await server.configure({ ...Object.fromEntries(copies), ssl: 'on' })
  }

  /** The problem of a connection with these parameters, or null. */
  async function connect(
    parameters: string,
    settings: Record<string, string> = {},
    host = '127.0.0.1',
  ): Promise<string | null> {
    const url = `postgresql://postgres@${host}:${server.port}/postgres?${parameters}`
    const { database } = loadConfig({ variables: { DATABASE_URL: url, ...settings }, readFile: () => '' })
    return requireDatabase(database).then(
      () => null,
      (error: Error) => `${error.name}: ${error.message}`,
    )
  }
  const CA = { DATABASE_CA: authority.cert }
  const UNTRUSTED =
    'DatabaseSettingError: DATABASE_URL: the certificate of the server comes from an authority that is not trusted; set DATABASE_CA'

  it('is refused by a server without TLS where sslmode requires it, and not with prefer or allow', async () => {
    for (const mode of ['require', 'verify-full'])
      expect(await connect(`sslmode=${mode}`)).toBe(
        'DatabaseSettingError: DATABASE_URL: the server does not offer TLS, which sslmode requires',
      )
    for (const mode of ['prefer', 'allow', 'disable']) expect(await connect(`sslmode=${mode}`)).toBeNull()
    expect(await connect('')).toBeNull()
  })

  it('is used where the server admits nothing else, except with disable', async () => {
    await present(authority.issue('localhost', LOOPBACK))
    await server.admit(
      'hostssl all all 127.0.0.1/32 trust',
      'hostssl all all ::1/128 trust',
      'local all all trust',
    )
    await eventually(async () => (await connect('sslmode=require')) === null)
    for (const mode of ['prefer', 'allow', ''])
      expect(await connect(`sslmode=${mode || 'prefer'}`)).toBeNull()
    expect(await connect('sslmode=disable')).toBe(
      'DatabaseSettingError: DATABASE_URL: PostgreSQL accepts its user neither from this address nor with this sslmode (pg_hba.conf)',
    )
  })

  it('verifies authority and host with verify-full', async () => {
    for (const host of ['127.0.0.1', 'localhost'])
      expect(await connect('sslmode=verify-full', CA, host)).toBeNull()
    expect(await connect(`sslmode=verify-full&sslrootcert=${authority.certFile}`)).toBeNull()
    expect(await connect('sslmode=verify-full', { DATABASE_CA: stranger.cert })).toBe(UNTRUSTED)
    expect(await connect('sslmode=verify-full')).toBe(UNTRUSTED)
    expect(await connect('sslmode=verify-full&sslrootcert=/nowhere.pem')).toBe(
      'DatabaseSettingError: DATABASE_URL: sslrootcert must be a file that can be read',
    )
  })

  it('verifies only the authority with verify-ca, and with require where an authority is named', async () => {
    await present(authority.issue('db.example.com'))
    await eventually(async () => (await connect('sslmode=verify-full', CA)) !== null)
    expect(await connect('sslmode=verify-full', CA)).toBe(
      'DatabaseSettingError: DATABASE_URL: the certificate of the server is for another host (sslmode=verify-full)',
    )
    for (const mode of ['verify-ca', 'require']) {
      expect(await connect(`sslmode=${mode}`, CA)).toBeNull()
      expect(await connect(`sslmode=${mode}`, { DATABASE_CA: stranger.cert })).toBe(UNTRUSTED)
    }
    expect(await connect('sslmode=require')).toBeNull()
  })

  it('refuses a certificate that has expired, and a self-signed one', async () => {
    await present(authority.issue('localhost', { ...LOOPBACK, isExpired: true }))
    await eventually(async () => (await connect('sslmode=verify-ca', CA)) !== null)
    for (const mode of ['verify-full', 'verify-ca', 'require'])
      expect(await connect(`sslmode=${mode}`, CA)).toBe(
        'DatabaseSettingError: DATABASE_URL: the certificate of the server has expired',
      )
    await present({ certFile: stranger.certFile, keyFile: stranger.keyFile })
    await eventually(async () => (await connect('sslmode=verify-ca', CA)) === UNTRUSTED)
    expect(await connect('sslmode=verify-full', CA)).toBe(UNTRUSTED)
  })

  it('has channel binding where it is required, and sends no password without it', async () => {
    await present(authority.issue('localhost', LOOPBACK))
    const connectBound = (parameters: string) =>
      connect(`channel_binding=require&user=bound&password=a&${parameters}`)
    const REFUSED =
      'DatabaseSettingError: DATABASE_URL: the server does not offer channel binding, which channel_binding=require requires: TLS, and a password stored for SCRAM'
    await server.admit(
      'host all bound 127.0.0.1/32 scram-sha-256',
      'host all all 127.0.0.1/32 trust',
      'local all all trust',
    )
    await eventually(async () => (await connect('sslmode=disable')) === null)
    await query(await server.createDatabase(), `CREATE ROLE bound LOGIN PASSWORD 'a'`)
    await eventually(async () => (await connectBound('sslmode=require')) === null)
    expect(await connectBound('sslmode=disable')).toBe(REFUSED)
    for (const method of ['password', 'trust']) {
      await server.admit(
        `host all bound 127.0.0.1/32 ${method}`,
        'host all all 127.0.0.1/32 trust',
        'local all all trust',
      )
      await eventually(async () => (await connectBound('sslmode=require')) === REFUSED)
    }
  })

  it('presents a client certificate from settings or from files of the URL', async () => {
    await present(authority.issue('localhost', LOOPBACK))
    await server.admit('hostssl all all 127.0.0.1/32 cert', 'local all all trust')
    const client = authority.issue('postgres')
    const { certFile, keyFile } = client
    await eventually(
      async () =>
        (await connect('sslmode=verify-full', {
          ...CA,
          DATABASE_CERT: client.cert,
          DATABASE_KEY: client.key,
        })) === null,
    )
    const files = `sslmode=verify-full&sslrootcert=${authority.certFile}&sslcert=${certFile}&sslkey=${keyFile}`
    expect(await connect(files)).toBeNull()
    expect(await connect('sslmode=verify-full', CA)).toMatch(/^DatabaseSettingError: DATABASE_URL: /)
    const strange = stranger.issue('postgres')
    expect(
      await connect('sslmode=verify-full', { ...CA, DATABASE_CERT: strange.cert, DATABASE_KEY: strange.key }),
    ).not.toBeNull()
  })
})
