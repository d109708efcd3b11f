import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { SECURITY_HEADERS } from './security-headers.ts'

/** What the page asks the gateway: it confirms the address and signs nobody in. A list of operations has it too. */
export const VERIFY_EMAIL_DOCUMENT =
  'mutation VerifyEmail($token: String!) { verifyEmail(token: $token, signIn: false) { messageKey } }'

/**
 * Nothing happens before the click: programs that follow the links of mail, to look for harm, spend none of them. The token is
 * in the fragment, which browsers send to nobody, and is taken out of the address as soon as it was read.
 */
const SCRIPT = `
const token = new URLSearchParams(location.hash.slice(1)).get('token')
history.replaceState(null, '', location.pathname)
const button = document.querySelector('button')
const show = (id) => { for (const part of document.querySelectorAll('main > [id]')) part.hidden = part.id !== id }
show(token ? 'ask' : 'broken')
button.addEventListener('click', async () => {
  button.disabled = true
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: ${JSON.stringify(VERIFY_EMAIL_DOCUMENT)}, variables: { token } }),
    })
    const { data, errors } = await response.json()
    const code = errors && errors[0].extensions.code
    if (data && data.verifyEmail) show('done')
    else if (code === 'TOKEN_INVALID' || code === 'BAD_USER_INPUT') show('broken')
    else throw new Error(code)
  } catch {
    button.disabled = false
    show('later')
    document.querySelector('main').append(button)
  }
})
`

const STYLE = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif }
body { display: grid; min-height: 90vh; place-items: center; margin: 1rem }
main { max-width: 28rem; text-align: center }
button { font: inherit; padding: 0.6em 1.6em; border: 0; border-radius: 0.4em; background: #1a5fb4; color: #fff; cursor: pointer }
button:disabled { opacity: 0.6 }
`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>Confirm your e-mail address</title>
    <link rel="icon" href="data:," />
    <style>${STYLE}</style>
  </head>
  <body>
    <main aria-live="polite">
      <div id="ask" hidden>
        <h1>Confirm your e-mail address</h1>
        <p>You asked for an account with this address. If it was not you, close this page: nothing has happened.</p>
        <button type="button">Yes, this is my address</button>
      </div>
      <div id="done" hidden>
        <h1>Thank you</h1>
        <p>Your address is confirmed. Go back to where you came from and sign in.</p>
      </div>
      <div id="broken" hidden>
        <h1>This link does not work any more</h1>
        <p>It was used already, is too old, or a newer message has taken its place. Ask for a new one where you came from.</p>
      </div>
      <p id="later" hidden>That did not work just now. Please try again in a moment.</p>
      <noscript><p>Please switch JavaScript on, or type the code of the message where you came from.</p></noscript>
    </main>
    <script>${SCRIPT}</script>
  </body>
</html>
`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Exactly this script and this style, and requests to where the page came from. */
const POLICY = `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The page that links in messages lead to, unless `VERIFY_EMAIL_URL` names another. */
export function addVerifyEmailPage(app: FastifyInstance): void {
  app.get('/verify-email', async (_request, reply) =>
    reply
      .headers({ ...SECURITY_HEADERS, 'content-security-policy': POLICY, 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(PAGE),
  )
}
