import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { removeFolder, temporaryFolder } from '../../../test/support/backends.ts'
import { ConfirmTotpDocument, EnrollTotpDocument } from '../../../test/generated/graphql.ts'
import { AUTH_CLIENT_OPERATIONS } from '../../src/index.ts'
import { createDevice } from '../support/device.ts'
import { startSite } from '../support/site.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('the client', () => {
  it('signs in with a second step at an account that has one', async () => {
    const site = await startSite()
    const { credentials, elsewhere, userId } = await site.addAccount()
    const { enrollTotp } = await site.gateway.ask(EnrollTotpDocument, {}, elsewhere)
    const createCode = () =>
      new TOTP({ secret: enrollTotp.secret }).generate({ timestamp: site.gateway.now() })
    await site.gateway.ask(ConfirmTotpDocument, { code: createCode() }, elsewhere)
    site.gateway.passTime(60_000)
    const device = createDevice(site.proxy.url)
    const auth = device.openTab()
    const result = await auth.login(credentials)
    expect(auth.getState().status).toBe('signed-out')
    if (result.__typename !== 'MfaChallenge') throw new Error('no second step')
    expect(result.methods).toContain('TOTP')
    await auth.verifyMfa({ challengeId: result.challengeId, code: createCode() })
    expect(auth.getState()).toMatchObject({ status: 'signed-in', userId })
    device.closeTabs()
    await site.close()
  })

  it('works at a gateway that executes listed operations only, with its own on the list', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'operations.json')
    const entries = Object.values(AUTH_CLIENT_OPERATIONS).map((text) => [sha256(text), text] as const)
    writeFileSync(path, JSON.stringify(Object.fromEntries(entries)))
    const open = await startSite()
    const { credentials } = await open.addAccount()
    const strict = await open.gateway.sibling({ PERSISTED_OPERATIONS: path })
    open.proxy.pointTo(await strict.app.http.app.listen({ port: 0, host: '127.0.0.1' }))
    const device = createDevice(open.proxy.url)
    const auth = device.openTab()
    await auth.login(credentials)
    await auth.refresh()
    expect(await auth.logout()).toBe(true)
    device.closeTabs()
    await strict.app.close()
    await open.close()
    removeFolder(folder)
  })
})
