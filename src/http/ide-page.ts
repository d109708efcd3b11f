import type { Brand } from '../core/brand.ts'
import { escapeHtml, toSingleLine } from '../core/template.ts'

/**
 * The page of the IDE, in English as GraphiQL is. Relative addresses: a proxy can serve the gateway below a
 * path. GraphiQL keeps its tabs with their headers in `localStorage`, so the token is there as well: a reload
 * and a new tab of the browser stay signed in. Only development serves the page.
 */
export function renderIdePage({ product }: Pick<Brand, 'product'>, hasMailbox: boolean): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GraphiQL – ${escapeHtml(toSingleLine(product))}</title>
    <link rel="stylesheet" href="graphql/ide/graphiql.css" />
    <link rel="stylesheet" href="brand.css" />
    <style>${STYLE}</style>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <header id="bar">
      <h1><bdi>${escapeHtml(toSingleLine(product))}</bdi></h1>
      ${hasMailbox ? '<a href="dev/outbox" target="_blank" rel="noopener">Mailbox</a>' : ''}
      <span id="account" role="status"></span>
      <button type="button" id="open">Sign in</button>
    </header>
    <main id="ide"></main>
    ${DIALOG}
    <script src="graphql/ide/react.js"></script>
    <script src="graphql/ide/react-dom.js"></script>
    <script src="graphql/ide/graphiql.js"></script>
    <script src="graphql/ide/start.js"></script>
    <script src="graphql/ide/sign-in.js"></script>
  </body>
</html>
`
}

const DIALOG = `<dialog id="sign-in" aria-labelledby="sign-in-title">
      <h2 id="sign-in-title">Sign in</h2>
      <p id="problem" role="alert" hidden></p>
      <form id="step-email">
        <label for="email">E-mail address</label>
        <input type="email" id="email" autocomplete="username" maxlength="254" required />
        <div class="actions">
          <button type="submit" value="login">Send code</button>
          <button type="submit" value="register" class="second">Create account</button>
          <button type="button" class="second" data-close>Cancel</button>
        </div>
      </form>
      <form id="step-code" hidden>
        <p id="sent"></p>
        <label for="code">Code</label>
        <input type="text" id="code" autocomplete="one-time-code" maxlength="64" required />
        <div class="actions">
          <button type="submit">Sign in</button>
          <button type="button" class="second" data-close>Cancel</button>
        </div>
      </form>
    </dialog>`

/**
 * The bar and the dialog have the colours of the service. On a narrow screen the response is below the
 * editors and the side bar below both, where GraphiQL puts everything in columns.
 */
const STYLE = `
html, body { height: 100%; margin: 0 }
body { display: flex; flex-direction: column; height: 100dvh; background: var(--color-page); color: var(--color-ink); font: 15px/1.5 var(--font-text) }
#bar { flex: none; display: flex; gap: 4px 16px; align-items: center; padding: 8px 16px; border-bottom: 1px solid var(--color-line); background: var(--color-surface) }
#bar h1 { flex: 1 1 auto; min-width: 0; margin: 0; font-size: 16px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
#bar a { color: var(--color-accent) }
#account { min-width: 0; color: var(--color-quiet); font-size: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
#ide { flex: 1 1 auto; min-height: 0 }
#bar button, dialog button { flex: none; min-height: 40px; padding: 8px 16px; border: 1px solid transparent; border-radius: var(--radius-control); background: var(--color-accent); color: var(--color-on-accent); font: 600 15px/1.25 var(--font-text); cursor: pointer }
dialog button.second { border-color: var(--color-control); background: transparent; color: var(--color-ink) }
dialog button:disabled { cursor: progress; opacity: 0.7 }
#sign-in { box-sizing: border-box; width: min(var(--width-card), calc(100vw - 32px)); padding: 24px; border: 1px solid var(--color-line); border-radius: var(--radius-card); background: var(--color-surface); color: var(--color-ink) }
#sign-in::backdrop { background: rgb(0 0 0 / 0.5) }
#sign-in h2 { margin: 0 0 12px; font-size: 20px }
#sign-in p { margin: 0 0 12px; overflow-wrap: anywhere }
#problem { padding: 8px 12px; border-radius: var(--radius-small); background: var(--color-danger-soft); color: var(--color-danger); font-weight: 600 }
#sign-in label { display: block; margin-bottom: 4px; font-weight: 600 }
#sign-in input { box-sizing: border-box; width: 100%; min-height: 44px; margin: 0 0 16px; padding: 8px 12px; border: 1px solid var(--color-control); border-radius: var(--radius-control); background: var(--color-surface); color: inherit; font: inherit; font-size: 16px }
#code { font-family: var(--font-code); letter-spacing: 0.1em }
.actions { display: flex; flex-wrap: wrap; gap: 8px }
#bar :focus-visible, #sign-in :focus-visible { outline: 3px solid var(--color-accent); outline-offset: 2px }
@media (max-width: 720px) {
  #bar { padding: 8px 12px }
  #bar:has(#account:not(:empty)) { flex-wrap: wrap }
  #account { order: 1; flex: 1 0 100%; font-size: 13px }
  .graphiql-container { flex-direction: column-reverse }
  .graphiql-container .graphiql-sidebar { flex: none; flex-direction: row; box-sizing: border-box; width: 100%; padding: 4px 8px; border-top: 1px solid var(--color-line) }
  .graphiql-container .graphiql-sidebar .graphiql-sidebar-section { display: flex; flex-direction: row; gap: 4px }
  .graphiql-container .graphiql-sidebar button { display: flex; align-items: center; justify-content: center; width: 44px; height: 44px; margin: 0 }
  .graphiql-container .graphiql-main { flex-direction: column; min-height: 0 }
  .graphiql-container .graphiql-main > :has(> .graphiql-plugin) { flex: 1 1 0 !important; min-width: 0 !important; min-height: 0; overflow: auto }
  .graphiql-container .graphiql-plugin { box-sizing: border-box; width: 100%; max-width: none }
  .graphiql-container .graphiql-main:has(> :not([style*='-1000px']) > .graphiql-plugin) > .graphiql-sessions { display: none !important }
  .graphiql-container .graphiql-sessions { min-height: 0; margin: 4px 4px 0 }
  .graphiql-container .graphiql-session { flex-direction: column; min-height: 0; padding: 0 4px 4px }
  .graphiql-container .graphiql-session > * { min-width: 0 !important; min-height: 0 }
  .graphiql-container .graphiql-horizontal-drag-bar { display: none }
  .graphiql-container .graphiql-editors, .graphiql-container .graphiql-response { min-height: 0 }
  .graphiql-container .graphiql-response { margin-top: 4px }
  .graphiql-container .graphiql-logo { display: none }
  .graphiql-container .graphiql-session-header { overflow-x: auto }
}
`
