import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Language } from '../core/languages.ts'
import { renderHtml } from '../core/template.ts'
import { PAGES } from '../locales/index.ts'
import { chooseRequestLanguage, setLanguageHeaders } from './request-language.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/**
 * The operation of the page: it confirms the address and starts no session. An allow-list of operations
 * includes it.
 */
export const VERIFY_EMAIL_DOCUMENT =
  'mutation VerifyEmail($token: String!) { verifyEmail(token: $token, signIn: false) { messageKey } }'

/**
 * The token is used on the click only, because link scanners of mail servers open every link. It is in the
 * fragment, which browsers do not send, and is removed from the address bar at once.
 */
const SCRIPT = `
const token = new URLSearchParams(location.hash.slice(1)).get('token')
history.replaceState(null, '', location.pathname)
const button = document.querySelector('button')
const show = (id) => { for (const part of document.querySelectorAll('main > [id]')) part.hidden = part.id !== id }
show(token ? 'confirm' : 'invalid')
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
    else if (code === 'TOKEN_INVALID' || code === 'BAD_USER_INPUT') show('invalid')
    else throw new Error(code)
  } catch {
    button.disabled = false
    show('unavailable')
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

const TEMPLATE = `<!doctype html>
<html lang="{{language}}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>{{title}}</title>
    <link rel="icon" href="data:," />
    <style>${STYLE}</style>
  </head>
  <body>
    <main aria-live="polite">
      <div id="confirm" hidden>
        <h1>{{title}}</h1>
        <p>{{lead}}</p>
        <button type="button">{{button}}</button>
      </div>
      <div id="done" hidden>
        <h1>{{doneTitle}}</h1>
        <p>{{done}}</p>
      </div>
      <div id="invalid" hidden>
        <h1>{{invalidTitle}}</h1>
        <p>{{invalid}}</p>
      </div>
      <p id="unavailable" hidden>{{unavailable}}</p>
      <noscript><p>{{noScript}}</p></noscript>
    </main>
    <script>${SCRIPT}</script>
  </body>
</html>
`

/** Allows this script and this style, in every language, and requests to the same origin. */
const POLICY = `default-src 'none'; script-src ${toCspHash(SCRIPT)}; style-src ${toCspHash(STYLE)}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

function toCspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** `GET /verify-email`: the target of links in messages unless `VERIFY_EMAIL_URL` names another page. */
export function addVerifyEmailPage(app: FastifyInstance, fallback: Language): void {
  app.get('/verify-email', async (request, reply) => {
    const language = chooseRequestLanguage(request, fallback)
    return setLanguageHeaders(reply, language)
      .headers({ ...SECURITY_HEADERS, 'content-security-policy': POLICY, 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(renderHtml(TEMPLATE, { language, ...PAGES[language].verifyEmail }))
  })
}
