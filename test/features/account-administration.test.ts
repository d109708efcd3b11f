import { afterAll, beforeAll, expect, it } from 'vitest'
import { formatAccount, formatAccountJson, formatAccounts } from '../../src/cli/account-report.ts'
import { RegisterDocument, RegisterPhoneDocument } from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newAddress, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import { UNLIMITED } from './password-steps.ts'

describeOn(EXTREMES, 'the administration of accounts', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  const rolesOf = async (id: string) =>
    (await gateway.sql<{ roles: string }>(`SELECT roles FROM users WHERE id = '${id}'`))[0]?.roles

  it('finds an account by e-mail address, phone number and id, in every spelling (SR-199)', async () => {
    const { administration } = gateway.app
    const { email, user } = await gateway.signUp()
    const phone = newPhone()
    await gateway.sql(`UPDATE users SET phone = '${phone}' WHERE id = '${user.id}'`)
    for (const name of [email, email.toUpperCase(), user.id, phone, `00${phone.slice(1)}`]) {
      await administration.suspend(name)
      expect((await administration.show(name)).status).toBe('SUSPENDED')
      expect((await administration.reinstate(name)).id).toBe(user.id)
      await administration.setRoles(name, ['USER'])
    }
  })

  it.each([
    ['lost@example.com', 'No account has the e-mail address lost@example.com.'],
    ['+447400999999', 'No account has the phone number +447400999999.'],
    ['07400 999999', '07400 999999 is not a phone number with its country code, such as +447400123456.'],
    ['ada@', 'ada@ is not an e-mail address.'],
    ['nothing', 'No account has the id nothing.'],
  ])('says why it finds none for %j (SR-199)', async (name, message) => {
    const { administration } = gateway.app
    for (const operation of [
      () => administration.show(name),
      () => administration.suspend(name),
      () => administration.reinstate(name),
      () => administration.setRoles(name, ['USER']),
    ])
      await expect(operation()).rejects.toThrow(message)
  })

  it('refuses a text that is the contact of one account and the id of another (SR-199)', async () => {
    const { email, user } = await gateway.signUp()
    const other = await gateway.signUp()
    const phone = newPhone()
    await gateway.sql(`UPDATE users SET phone = '${phone}' WHERE id = '${user.id}'`)
    await gateway.sql(`DELETE FROM sessions WHERE user_id = '${other.user.id}'`)
    await gateway.sql(`UPDATE users SET id = '${phone}' WHERE id = '${other.user.id}'`)
    await expect(gateway.app.administration.suspend(phone)).rejects.toThrow(
      `${phone} is the phone number of account ${user.id} and the id of another account.`,
    )
    expect((await gateway.app.administration.show(email)).status).toBe('ACTIVE')
  })

  it.each([[['ADMN']], [['USER,ADMIN']], [['<b>']], [['user']], [['USER', 'ROOT']], [['']]])(
    'refuses the roles %j with the list of declared ones, and changes nothing (SR-199)',
    async (roles) => {
      const { user } = await gateway.signUp()
      await expect(gateway.app.administration.setRoles(user.id, roles)).rejects.toThrow(
        'The setting ROLES declares USER, EDITOR, SUPPORT, ADMIN.',
      )
      expect(await rolesOf(user.id)).toBe('USER')
    },
  )

  it('sets declared roles once each, takes all away, and follows ROLES (SR-199)', async () => {
    const { user } = await gateway.signUp()
    await gateway.app.administration.setRoles(user.id, ['USER', 'ADMIN', 'USER'])
    expect(await rolesOf(user.id)).toBe('USER ADMIN')
    await gateway.app.administration.setRoles(user.id, [])
    expect(await rolesOf(user.id)).toBe('')
    const sibling = await gateway.sibling({ ROLES: 'USER,AUDITOR' })
    await sibling.app.administration.setRoles(user.id, ['AUDITOR'])
    expect(await rolesOf(user.id)).toBe('AUDITOR')
    await expect(sibling.app.administration.setRoles(user.id, ['ADMIN'])).rejects.toThrow('USER, AUDITOR.')
    await sibling.app.close()
  })

  it('shows an account as text and as JSON, with its contacts and without a hash (SR-199)', async () => {
    const email = newAddress()
    // Version 0.1 accepted such characters.
    const fullName = 'Ada\u202E \u009b31m'
    await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
    await gateway.sql(`UPDATE users SET full_name = '${fullName}' WHERE email = '${email}'`)
    await gateway.app.administration.suspend(email)
    const report = await gateway.app.administration.show(email)
    const text = formatAccount(report)
    expect(text).toMatch(/^id {13}[\w-]+\nstatus {9}SUSPENDED since 20.*Z, not confirmed\n/)
    expect(text).toContain(`email          ${email} (not verified)\nphone          none\n`)
    expect(text).toMatch(
      /roles {10}USER\npassword {7}yes\nsecond factor {2}off\nsessions {7}0\ncreated {8}20/,
    )
    expect(text).toContain('Ada\\u202e \\u009b31m')
    const json = formatAccountJson(report)
    expect(JSON.parse(json)).toMatchObject({
      status: 'SUSPENDED',
      email,
      emailVerifiedAt: null,
      fullName: report.fullName,
      roles: ['USER'],
      hasPassword: true,
      secondFactorSince: null,
      sessions: 0,
    })
    expect(text + json).not.toMatch(/argon2|\u009b|\u202e|securityStamp|generation/)
  })

  it('shows an account that has a phone number only (SR-199)', async () => {
    const phone = newPhone()
    await gateway.ask(RegisterPhoneDocument, { input: { phone } })
    const text = formatAccount(await gateway.app.administration.show(phone))
    expect(text).toContain(
      `status         PENDING\nemail          none\nphone          ${phone} (not verified)\n`,
    )
    expect(text).toContain('password       no\n')
  })

  it('lists the newest accounts of a status, with contacts and without control characters (SR-199)', async () => {
    const emails = [newAddress(), newAddress(), newAddress()] as const
    for (const email of emails) {
      await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
      gateway.passTime(1000)
    }
    const { administration } = gateway.app
    await administration.suspend(emails[0])
    await administration.suspend(emails[2])
    const createdBefore = new Date('2100-01-01')
    const list = async (status: 'SUSPENDED' | 'PENDING' | null, limit: number, before = createdBefore) =>
      administration.list({ status, createdBefore: before, limit })
    const toEmails = (users: readonly { email: string | null }[]) => users.map(({ email }) => email)
    const suspended = await list('SUSPENDED', 2)
    expect(toEmails(suspended)).toEqual([emails[2], emails[0]])
    expect(toEmails(await list(null, 1))).toEqual([emails[2]])
    expect(toEmails(await list('SUSPENDED', 1, suspended[0]?.createdAt))).toEqual([emails[0]])
    expect(toEmails(await list('PENDING', 1000))).toContain(emails[1])
    const text = formatAccounts(suspended)
    expect(text).toMatch(new RegExp(`^20.*Z  SUSPENDED  [\\w-]+  ${emails[2]}\n20.*Z  SUSPENDED  .*\n$`))
    expect(formatAccounts([])).toBe('No accounts.\n')
  })
})
