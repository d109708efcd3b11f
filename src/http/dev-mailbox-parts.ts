import type { PageParts } from './page-shell.ts'

/** Milliseconds between two looks for new messages. */
const POLL_MS = 2000

const MAIN = `<h1>{{title}}</h1>
<p class="lead">{{lead}}</p>
<form method="get" role="search">
<label for="to">{{search}}</label>
<div class="field"><input type="search" id="to" name="to" value="{{searched}}" maxlength="254" autocomplete="off" autocapitalize="none" spellcheck="false"><button type="submit">{{searchButton}}</button></div>
</form>
<p id="offline" class="notice" role="alert" hidden>{{offline}}</p>
<p id="news" class="unseen" role="status"></p>
<div id="messages" data-version="{{version}}" data-copied="{{copied}}" data-new="{{newMessage}}"><!--messages--></div>`

const STYLE = `
.brand { padding-inline: 0 }
main > h1 { margin: 0 0 var(--space-s1) }
.lead { color: var(--color-quiet) }
form { margin: 0 0 var(--space-s5) }
.field { display: flex; gap: var(--space-s2) }
.field input { flex: 1; min-width: 0; margin: 0 }
.field button { width: auto; white-space: nowrap }
.notice { padding: var(--space-s3) var(--space-s4); border-radius: var(--radius-control); background: var(--color-warning-soft); color: var(--color-warning); font-weight: 600 }
.unseen { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
article { margin: 0 0 var(--space-s3); border: 1px solid var(--color-line); border-radius: var(--radius-card); background: var(--color-surface); overflow: hidden }
article > header { display: grid; grid-template-columns: auto 1fr auto; gap: var(--space-s1) var(--space-s3); align-items: baseline; padding: var(--space-s3) var(--space-s4) }
h2 { margin: 0; font-size: var(--text-body); line-height: 1.4; font-weight: 600 }
article > header > .to { grid-column: 2 / -1 }
article > header > .to, time { color: var(--color-quiet); font-size: var(--text-small) }
time { white-space: nowrap }
.channel { min-width: 52px; padding: 2px 6px; border-radius: var(--radius-small); background: var(--color-accent-soft); color: var(--color-accent); font-size: 0.75rem; font-weight: 700; text-align: center }
.channel.sms { background: var(--color-success-soft); color: var(--color-success) }
.code { display: flex; flex-wrap: wrap; gap: var(--space-s2) var(--space-s3); align-items: center; margin: 0; padding: var(--space-s2) var(--space-s4); border-top: 1px solid var(--color-line); background: var(--color-inset) }
.code span { color: var(--color-quiet); font-size: var(--text-small) }
.code code { font: 700 1.5rem/1.4 var(--font-code); letter-spacing: 0.12em; user-select: all }
.code button { width: auto; min-width: 88px; min-height: 40px; margin-inline-start: auto; padding: var(--space-s2) var(--space-s4) }
summary { padding: var(--space-s2) var(--space-s4); border-top: 1px solid var(--color-line); color: var(--color-quiet); font-size: var(--text-small); cursor: pointer }
summary:focus-visible { outline-offset: -3px }
pre { margin: 0; padding: var(--space-s3) var(--space-s4); border-top: 1px solid var(--color-line); white-space: pre-wrap; overflow-wrap: anywhere; font: 0.8125rem/1.6 var(--font-code) }
article > pre { font: inherit; font-size: 0.9375rem }
iframe { display: block; width: 100%; height: 700px; border: 0; border-top: 1px solid var(--color-line); resize: vertical }
.empty { padding: var(--space-s10) var(--space-s4); border: 1px dashed var(--color-control); border-radius: var(--radius-card); text-align: center }
.empty p { margin: var(--space-s1) 0 0; color: var(--color-quiet) }
@media (max-width: 480px) {
  article > header { grid-template-columns: auto 1fr }
  article > header > h2 { grid-column: 1 / -1; grid-row: 2 }
  article > header > .to { grid-column: 1 / -1 }
  article > header > time { text-align: end }
}
`

/**
 * Follows the mailbox by asking for the list again, because events would need a watched file on every
 * system; it pauses while the page is hidden. Messages that are shown already stay as they are, so that an
 * open one does not close.
 */
const SCRIPT = `
const find = (id) => document.getElementById(id)
const list = find('messages')
const search = find('to')
const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'medium' })
let version = list.dataset.version
let timer
const copy = async (text, node) => {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    getSelection().selectAllChildren(node)
    document.execCommand('copy')
  }
}
const prepare = (article) => {
  for (const time of article.querySelectorAll('time')) {
    time.title = time.dateTime
    time.textContent = format.format(new Date(time.dateTime))
  }
  for (const button of article.querySelectorAll('[data-code]')) {
    button.hidden = false
    const text = button.textContent
    button.addEventListener('click', async () => {
      await copy(button.dataset.code, button.previousElementSibling)
      button.textContent = list.dataset.copied
      find('news').textContent = list.dataset.copied
      setTimeout(() => (button.textContent = text), 2000)
    })
  }
  return article
}
const show = (html, isSearch) => {
  const shown = new DOMParser().parseFromString(html, 'text/html').body
  const articles = [...shown.querySelectorAll('article')]
  const known = new Map([...list.querySelectorAll('article')].map((article) => [article.dataset.id, article]))
  if (isSearch || known.size === 0 || articles.length === 0) {
    list.replaceChildren(...[...shown.childNodes].map((node) => document.adoptNode(node)))
    list.querySelectorAll('article').forEach(prepare)
  } else {
    for (const article of articles.toReversed())
      if (!known.delete(article.dataset.id)) list.prepend(prepare(document.adoptNode(article)))
    for (const article of known.values()) article.remove()
  }
  if (!isSearch && articles.length > 0)
    find('news').textContent = list.dataset.new + ' ' + list.querySelector('h2').textContent
}
const look = async (isSearch) => {
  clearTimeout(timer)
  const asked = location.search
  try {
    const headers = isSearch ? {} : { 'if-none-match': '"' + version + '"' }
    const response = await fetch(location.pathname.replace(/\\/+$/, '') + '/list' + asked, { headers })
    if (!response.ok && response.status !== 304) throw new Error(response.status)
    if (response.ok && asked === location.search) {
      const html = await response.text()
      version = response.headers.get('etag').replaceAll('"', '')
      show(html, isSearch)
    }
    find('offline').hidden = true
  } catch {
    find('offline').hidden = false
  }
  clearTimeout(timer)
  if (!document.hidden) timer = setTimeout(look, ${POLL_MS}, false)
}
list.querySelectorAll('article').forEach(prepare)
search.form.querySelector('button').hidden = true
search.addEventListener('input', () => {
  const wanted = search.value.trim()
  history.replaceState(null, '', location.pathname + (wanted ? '?' + new URLSearchParams({ to: wanted }) : ''))
  clearTimeout(timer)
  timer = setTimeout(look, 150, true)
})
search.form.addEventListener('submit', (event) => event.preventDefault())
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer)
  if (!document.hidden) look(false)
})
timer = setTimeout(look, ${POLL_MS}, false)
`

/** The page of the development mailbox, around its list. */
export const DEV_MAILBOX_PARTS: PageParts = {
  layout: 'column',
  style: STYLE,
  script: SCRIPT,
  main: MAIN,
  policy: ["connect-src 'self'", "frame-src 'self'", "form-action 'self'"],
}
