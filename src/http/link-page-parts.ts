import type { Brand } from '../core/brand.ts'
import type { LinkPage, LinkPageSection } from './link-page-model.ts'
import type { PageParts } from './page-shell.ts'

/** A form that sends the link; `fields` stand before its button. */
export function buildForm(fields = '', button = '{{button}}'): string {
  return `<form method="post"><input type="hidden" name="link" value="{{link}}">${fields}<button type="submit">${button}</button></form>`
}

const HEADING = (text: string) => `<h1 tabindex="-1">${text}</h1>`

const SHARED_SECTIONS: readonly LinkPageSection<never>[] = [
  {
    states: ['entry'],
    html: `${HEADING('{{title}}')}<p>{{lead}}</p><form method="post"><label for="link">{{linkLabel}}</label><input id="link" name="link" required autocomplete="off" spellcheck="false"><button type="submit">{{button}}</button></form>`,
  },
  { states: ['confirm'], html: `${HEADING('{{title}}')}<p>{{lead}}</p>${buildForm()}` },
  {
    states: ['broken'],
    icon: 'failure',
    html: `${HEADING('{{brokenTitle}}')}<p>{{broken}}</p>`,
  },
  {
    states: ['limited'],
    icon: 'failure',
    html: `${HEADING('{{limitedTitle}}')}<p>{{limited}}</p>${buildForm('', '{{again}}')}`,
  },
  {
    states: ['unavailable'],
    icon: 'failure',
    html: `${HEADING('{{unavailableTitle}}')}<p>{{unavailable}}</p>${buildForm('', '{{again}}')}`,
  },
]

/** Builds the content of a page, with the states that every page has. */
export function buildLinkPageParts<State extends string>(
  { sections, tokenForm, finalStates }: LinkPage<State>,
  brand: Brand,
): PageParts {
  const all: readonly LinkPageSection<State>[] = [...SHARED_SECTIONS, ...sections]
  const states = [...new Set(all.flatMap((section) => section.states))]
  const shown = states.map((state) => `[data-state="${state}"] [data-in~="${state}"]`)
  return {
    layout: 'card',
    style: `${STYLE}\n${shown.join(', ')} { display: block }\n`,
    script: buildScript(tokenForm, ['broken', ...finalStates]),
    main: `<div id="state" data-state="{{state}}">${all.map((section) => renderSection(section, brand)).join('\n')}</div>`,
    policy: ["connect-src 'self'", "form-action 'self'"],
  }
}

function renderSection<State extends string>(
  { states, icon, html, leadsToApp }: LinkPageSection<State>,
  { app }: Brand,
): string {
  const link = leadsToApp && app !== null ? '<a class="button" href="{{appUrl}}">{{openApp}}</a>' : ''
  return `<section data-in="${states.join(' ')}">${icon ? ICONS[icon] : ''}${html}${link}</section>`
}

const ICONS = {
  success:
    '<svg class="icon success" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true"><circle cx="24" cy="24" r="24"/><path d="M15 25l6 6 12-13"/></svg>',
  failure:
    '<svg class="icon failure" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true"><circle cx="24" cy="24" r="24"/><path d="M24 13v14M24 33.5v.5"/></svg>',
} as const

const STYLE = `
[data-in] { display: none }
.icon { display: block; margin: 0 0 var(--space-s4) }
.icon path { fill: none; stroke-width: 3.5; stroke-linecap: round; stroke-linejoin: round }
.success circle { fill: var(--color-success-soft) }
.success path { stroke: var(--color-success) }
.failure circle { fill: var(--color-warning-soft) }
.failure path { stroke: var(--color-warning) }
[role='alert'] { padding: var(--space-s2) var(--space-s3); border-radius: var(--radius-small); background: var(--color-danger-soft); color: var(--color-danger); font-weight: 600 }
`

/**
 * Takes the token from the fragment, because browsers do not send that, and moves it from the address bar to
 * the history entry at once, so that the page survives a reload and the back button; a final state replaces
 * it there. Forms are sent without leaving the page. The focus follows the state, for screen readers.
 */
function buildScript(tokenForm: RegExp, finalStates: readonly string[]): string {
  return `
const FINAL = ${JSON.stringify(finalStates)}
const page = document.getElementById('state')
const keep = (state) => history.replaceState(state, '', location.pathname + location.search)
const parameter = new URLSearchParams(location.hash.slice(1)).get('token')
if (parameter !== null) keep({ token: parameter })
const { token, result } = history.state || {}
const show = (state) => {
  page.dataset.state = state
  const heading = [...page.querySelectorAll('h1')].find((each) => each.checkVisibility())
  const field = [...page.querySelectorAll('input:not([type=hidden])')].find((each) => each.checkVisibility())
  if (field) field.value = ''
  return field || heading
}
const given = page.dataset.state
if (token) for (const field of document.querySelectorAll('input[type=hidden]')) field.value = token
if (given === 'entry') show(result || (${tokenForm}.test(token) ? 'confirm' : 'broken'))
for (const form of document.forms) form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const body = new URLSearchParams(new FormData(form))
  const buttons = document.querySelectorAll('button')
  for (const button of buttons) button.disabled = true
  let state
  try {
    const headers = { accept: 'application/json' }
    state = (await (await fetch(location.href, { method: 'POST', headers, body })).json()).state
  } catch {}
  state = state || 'unavailable'
  for (const button of buttons) button.disabled = false
  if (FINAL.includes(state)) keep({ result: state })
  show(state).focus()
})
`
}
