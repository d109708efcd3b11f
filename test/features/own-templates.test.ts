import { describe, expect, it } from 'vitest'
import { createMessageRenderer } from '../../src/features/notifications/message-renderer.ts'
import { findMarkupProblems } from '../../src/features/notifications/mail-markup.ts'
import { readOwnTemplates } from '../../src/features/notifications/own-templates.ts'
import { TEMPLATES } from '../../src/features/notifications/templates/compiled-templates.ts'
import { createLanguages } from '../../src/locales/languages.ts'
import { PLAIN_NOTIFICATIONS, codeNotification } from './notifications.ts'

const HTML = '<html lang="{{language}}"><body>\n<p>{{code}} {{validity}} {{warning}}</p>\n</body></html>'
const TEXT = '{{code}}\n{{validity}}\n{{warning}}\n'
const read = (files: Record<string, string>, look = {}) =>
  readOwnTemplates(new Map(Object.entries(files)), look)

function findProblems(files: Record<string, string>, look = {}): readonly string[] {
  const result = read(files, look)
  return result.kind === 'invalid' ? result.problems : []
}

describe('templates of the operator', () => {
  it('replace that of every message, or of one message only', () => {
    const result = read({
      'code.html': HTML,
      'code.txt': `All {{product}}\n${TEXT}`,
      'code.LOGIN.html': HTML,
      'code.LOGIN.txt': `Login\n${TEXT}`,
      'notification.password-changed.html': '<p>{{body}} {{advice}}</p>',
      'notification.password-changed.txt': '{{body}} {{advice}} Changed',
    })
    if (result.kind !== 'read') throw new Error(result.problems.join())
    const renderer = createMessageRenderer({
      ...{ product: 'P', publicUrl: null, languages: createLanguages('en'), ownTemplates: result.templates },
    })
    const render = (purpose: 'LOGIN' | 'VERIFY_EMAIL') =>
      renderer.renderMail(codeNotification(purpose), ['en'])
    expect(render('LOGIN').text).toMatch(/^Login\n123456\nIt is valid/)
    expect(render('VERIFY_EMAIL').text).toMatch(/^All P\n123456\n/)
    expect(render('LOGIN').html).toContain('<p>123456 It is valid')
    expect(renderer.renderMail(PLAIN_NOTIFICATIONS['password-changed'], ['en']).text).toContain(' Changed')
    expect(renderer.renderMail(PLAIN_NOTIFICATIONS['totp-enabled'], ['en']).text).not.toContain(' Changed')
  })

  it('can be the ones of the gateway: each of them is accepted', () => {
    for (const { html } of Object.values(TEMPLATES)) expect(findMarkupProblems(html, false)).toEqual([])
    const files = Object.entries(TEMPLATES).flatMap(([name, { html, text }]) => [
      [`${name}.html`, html],
      [`${name}.txt`, text],
    ])
    expect(findProblems(Object.fromEntries(files) as Record<string, string>)).toEqual([])
  })

  it.each([
    ['{{cod}}', 'code.html:2: unknown placeholder {{cod}}'],
    ['{{ code }}', 'code.html:2: unknown placeholder {{ code }}'],
    ['{{code', 'code.html:2: unknown placeholder {{code'],
    ['{{termsUrl}}', 'code.html:2: unknown placeholder {{termsUrl}}'],
    ['<script>x</script>', 'code.html:2: must not contain the element <script>'],
    ['<iframe></iframe>', 'code.html:2: must not contain the element <iframe>'],
    ['<svg onload="x"></svg>', 'code.html:2: must not contain the element <svg>'],
    ['<b onclick="x">x</b>', 'code.html:2: must not contain the attribute onclick of <b>'],
    ['<a href="javascript:x">x</a>', 'code.html:2: must not contain the address in href of <a>'],
    [
      '<a href="https://x.example/?c={{code}}">x</a>',
      'code.html:2: must not contain the address in href of <a>',
    ],
    ['<a href={{code}}>x</a>', 'code.html:2: must not contain the address in href of <a>'],
    ['<img src="https://track.example/p.gif">', 'code.html:2: must not contain the address in src of <img>'],
    ['<img src="cid:mark">', 'code.html:2: must not contain the address in src of <img>'],
    ['<td background="https://x.example">', 'code.html:2: must not contain the attribute background of <td>'],
    [
      '<b style="background:url(x)">x</b>',
      'code.html:2: must not contain a style that loads something of <b>',
    ],
    ['<b style="color:{{code}}">x</b>', 'code.html:2: must not contain a placeholder in a style of <b>'],
    ['<style>@import "x"</style>', 'code.html:2: must not contain a style that loads something'],
    [
      '<b class="{{code}}">x</b>',
      'code.html:2: must not contain a placeholder in the attribute class of <b>',
    ],
    ['<b title={{code}}>x</b>', 'code.html:2: must not contain a placeholder without quotes in title of <b>'],
    ['<meta http-equiv="refresh" content="0">', 'code.html:2: must not contain http-equiv=refresh of <meta>'],
    ['<!-- {{code}} -->', 'code.html:2: must not contain a placeholder in a comment'],
    [
      '<!--[if mso]><script>x</script><![endif]-->',
      'code.html:2: must not contain a comment with markup that loads something',
    ],
  ])('are refused with %s, by file and line (SR-279)', (markup, problem) => {
    expect(findProblems({ 'code.html': HTML.replace('\n', `\n${markup}`), 'code.txt': TEXT })).toEqual([
      problem,
    ])
  })

  it('are refused without what the reader needs, without their other part, and for no message', () => {
    expect(findProblems({ 'code.html': HTML.replace('{{code}}', ''), 'code.txt': TEXT })).toEqual([
      'code.html: must contain {{code}} or {{line}}',
    ])
    expect(findProblems({ 'link.html': '<p>{{validity}}{{warning}}</p>', 'link.txt': '{{link}}' })).toEqual([
      'link.html: must contain {{link}}',
      'link.txt: must contain {{validity}}',
      'link.txt: must contain {{warning}}',
    ])
    expect(findProblems({ 'code.html': HTML })).toEqual(['code.txt: is missing beside the other part'])
    for (const name of ['cod.html', 'code.SIGN_IN.html', 'fr/code.html', 'README.md'])
      expect(findProblems({ [name]: HTML })[0]).toMatch(/: expected a name such as code\.html/)
  })

  it('have the links and the picture that the settings name', () => {
    const mark = { type: 'image/png', bytes: Uint8Array.of(1), version: 'x' } as const
    const html = HTML.replace(
      '<p>',
      '<p><img src="cid:mark" alt=""><a href="{{termsUrl}}">{{terms}}</a><a href="mailto:{{supportAddress}}">{{support}}</a>',
    )
    const look = { terms: 'https://x.example/', support: 'help@example.com', mailMark: mark }
    expect(findProblems({ 'code.html': html, 'code.txt': TEXT }, look)).toEqual([])
  })
})
