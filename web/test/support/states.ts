import type { Page, Route } from 'playwright-core'
import { UpdatePostDocument } from '../../../test/generated/graphql.ts'
import { codeAt } from '../../../test/features/mfa-steps.ts'
import { addFactor, addPost, HOSTILE, readLatestCode, type AppAccount } from './app-accounts.ts'
import type { AppSite } from './app-site.ts'

/** Where a state is shown. */
export interface Stage {
  readonly page: Page
  readonly site: AppSite
  /** The account that is signed in, or that signs in. */
  readonly account: AppAccount
  /** Opens a path of the app. */
  readonly open: (path: string) => Promise<void>
}

/** A state of the app: brings a page into it. Selectors do not depend on the language. */
export interface AppState {
  readonly isSignedIn: boolean
  /** The state is the wait itself: in any other, everything has been loaded. */
  readonly isWaiting?: true
  readonly show: (stage: Stage) => Promise<unknown>
}

const out = (show: AppState['show']): AppState => ({ isSignedIn: false, show })
const within = (show: AppState['show']): AppState => ({ isSignedIn: true, show })
const submit = (page: Page) => page.locator('form button[type=submit]').click()
const seeNotice = (page: Page) => page.locator('.notice.danger').waitFor()

/** Answers the queries of a page in place of the gateway. */
const answer = (page: Page, reply: (route: Route) => unknown) =>
  page.route('**/graphql', (route) => void reply(route))

const BUSY = {
  status: 503,
  headers: { 'retry-after': '20' },
  contentType: 'application/json',
  body: JSON.stringify({
    errors: [{ message: 'busy', extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 20 } }],
  }),
}

async function requestCode({ page, open, account }: Stage): Promise<void> {
  await open('/sign-in')
  await page.locator('.choice.wide button').nth(1).click()
  await page.locator('input[name=email]').fill(account.email)
  await submit(page)
  await page.locator('.code-input').waitFor()
}

async function requestReset({ page, open, account, site }: Stage): Promise<void> {
  await open('/forgot-password')
  await page.locator('input[name=email]').fill(account.email)
  await submit(page)
  await page.locator('.code-input').fill(await readLatestCode(site, account))
  await page.locator('input[name=new-password]').waitFor()
}

async function startSecondStep({ page, open, account, site }: Stage): Promise<void> {
  await addFactor(site, account)
  await open('/sign-in')
  await page.locator('input[name=email]').fill(account.email)
  await page.locator('input[name=password]').fill(account.password)
  await submit(page)
  await page.locator('.code-input').waitFor()
}

async function startSetup({ page, open }: Stage): Promise<string> {
  await open('/account/security')
  await page.locator('.card').nth(1).locator('button').click()
  await page.locator('.qr').waitFor()
  return (await page.locator('.secret code').innerText()).replaceAll(' ', '')
}

async function conflict({ page, open, account, site }: Stage): Promise<void> {
  const id = await addPost(site, account, 'Minutes of Tuesday', 'We agreed on the plan.')
  await open(`/posts/${id}/edit`)
  await page.locator('textarea').fill('We agreed on the plan, and on its budget.')
  const input = { content: 'We did **not** agree on the plan.' }
  await site.gateway.ask(UpdatePostDocument, { id, input }, account.accessToken)
  await submit(page)
  await page.locator('.versions').waitFor()
}

/** Every state of the app by name. */
export const STATES: Readonly<Record<string, AppState>> = {
  'sign-in': out(({ open }) => open('/sign-in')),
  'sign-in-by-code': out(async ({ page, open }) => {
    await open('/sign-in')
    await page.locator('.choice.wide button').nth(1).click()
  }),
  'sign-in-refused': out(async ({ page, open, account }) => {
    await open('/sign-in')
    await page.locator('input[name=email]').fill(account.email)
    await page.locator('input[name=password]').fill('wrong')
    await submit(page)
    await seeNotice(page)
  }),
  register: out(({ open }) => open('/register')),
  'register-refused': out(async ({ page, open }) => {
    await open('/register')
    await page.locator('input[name=email]').fill('ada')
    await page.locator('input[name=new-password]').fill('password')
    await submit(page)
    await seeNotice(page)
  }),
  code: out(requestCode),
  'code-refused': out(async (stage) => {
    await requestCode(stage)
    await stage.page.locator('.code-input').fill('000 000')
    await seeNotice(stage.page)
  }),
  'second-step': out(startSecondStep),
  'second-step-recovery': out(async (stage) => {
    await startSecondStep(stage)
    await stage.page.locator('form .button.quiet').click()
  }),
  'forgot-password': out(({ open }) => open('/forgot-password')),
  'new-password': out(requestReset),
  'signed-out-elsewhere': out(async ({ page, open, account, site }) => {
    await open('/sign-in')
    await page.locator('input[name=email]').fill(account.email)
    await page.locator('input[name=password]').fill(account.password)
    await submit(page)
    await page.locator('.title-row').waitFor()
    await site.gateway.sendText(
      'mutation { revokeOtherSessions { revokedSessions } }',
      {},
      {
        token: account.accessToken,
      },
    )
    await page.locator('.notice.warning').waitFor()
  }),
  'unreachable-start': out(async ({ page, open }) => {
    await page.addInitScript(() => localStorage.clear())
    await answer(page, (route) => route.abort())
    await open('/sign-in')
    await page.locator('.card.task').waitFor()
  }),
  posts: within(async ({ page, open, account, site }) => {
    await addPost(site, account, 'A quiet harbour at dawn')
    await addPost(site, account, 'Notes on the Analytical Engine', 'Draft', false)
    await open('/posts')
    await page.locator('.row').nth(1).waitFor()
  }),
  'posts-hostile': within(async ({ page, open, account, site }) => {
    for (const title of Object.values(HOSTILE)) await addPost(site, account, title, title)
    await open('/posts')
    await page.locator('.row').nth(3).waitFor()
  }),
  'posts-none-found': within(async ({ page, open }) => {
    await open('/posts?q=zzzzzz')
    await page.locator('[role=status]').first().waitFor()
  }),
  'post-new': within(({ open }) => open('/posts/new')),
  'post-new-refused': within(async ({ page, open }) => {
    await open('/posts/new')
    await page.locator('input:not([type=checkbox])').fill(' ')
    await submit(page)
    await seeNotice(page)
  }),
  post: within(async ({ page, open, account, site }) => {
    const content =
      '## Plan\n\nThree *short* steps:\n\n1. Read\n2. Write\n3. Rest\n\n> Nothing is lost.\n\n`npm start`'
    const id = await addPost(site, account, 'A quiet harbour at dawn', content)
    await open(`/posts/${id}`)
    await page.locator('.prose').waitFor()
  }),
  'post-hostile': within(async ({ page, open, account, site }) => {
    const content = Object.values(HOSTILE).join('\n\n')
    const id = await addPost(site, account, HOSTILE.long, content)
    await open(`/posts/${id}`)
    await page.locator('.prose').waitFor()
  }),
  'post-delete': within(async ({ page, open, account, site }) => {
    await open(`/posts/${await addPost(site, account, 'To be deleted')}`)
    await page.locator('.button.danger').click()
    await page.locator('dialog').waitFor()
  }),
  'post-conflict': within(conflict),
  'post-missing': within(({ open }) => open('/posts/none')),
  profile: within(({ open }) => open('/account')),
  security: within(({ open }) => open('/account/security')),
  'factor-setup': within(startSetup),
  'recovery-codes': within(async (stage) => {
    const secret = await startSetup(stage)
    await stage.page.locator('.code-input').fill(codeAt(secret, stage.site.gateway.now()))
    await stage.page.locator('.codes').waitFor()
  }),
  'factor-on': within(async ({ page, open, account, site }) => {
    await addFactor(site, account)
    await open('/account/security')
    await page.locator('.card').nth(1).locator('.button.danger').waitFor()
  }),
  'factor-off-dialog': within(async ({ page, open, account, site }) => {
    await addFactor(site, account)
    await open('/account/security')
    await page.locator('.card').nth(1).locator('.button.danger').click()
    await page.locator('dialog').waitFor()
  }),
  sessions: within(({ open }) => open('/account/sessions')),
  events: within(async ({ page, open }) => {
    await open('/account/events')
    await page.locator('.row').first().waitFor()
  }),
  'api-keys': within(async ({ page, open }) => {
    await open('/account/api-keys')
    await page.locator('form input').first().fill('Nightly report')
    await submit(page)
    await page.locator('.notice.success').waitFor()
  }),
  reauthentication: within(async ({ page, open }) => {
    await open('/account/security')
    await answer(page, (route) =>
      route.request().postData()?.includes('EnrollTotp')
        ? route.fulfill({
            json: { errors: [{ message: '', extensions: { code: 'REAUTHENTICATION_REQUIRED' } }] },
          })
        : route.fallback(),
    )
    await page.locator('.card').nth(1).locator('button').click()
    await page.locator('dialog form').waitFor()
  }),
  missing: within(({ open }) => open('/nowhere')),
  slow: {
    ...within(async ({ page, open }) => {
      await open('/account')
      await answer(page, () => undefined)
      await page.locator('.nav-link').first().click()
      await page.locator('.waiting p').waitFor()
    }),
    isWaiting: true,
  },
  busy: within(async ({ page, open }) => {
    await open('/account')
    await answer(page, (route) => route.fulfill(BUSY))
    await page.locator('.nav-link').first().click()
    await page.locator('.card.task').waitFor()
  }),
  offline: within(async ({ page, open }) => {
    await open('/account')
    await page.context().setOffline(true)
    await page.locator('.nav-link').first().click()
    await page.locator('.card.task').waitFor()
  }),
}
