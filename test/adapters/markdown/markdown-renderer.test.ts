import { afterAll, describe, expect, it } from 'vitest'
import { createMarkdownRenderer } from '../../../src/adapters/markdown/markdown-renderer.ts'
import { POST_BOUNDS } from '../../../src/core/markdown-bounds.ts'

const nobody = { current: null }

describe('the Markdown thread', () => {
  const renderer = createMarkdownRenderer({ bounds: POST_BOUNDS, rememberedBytes: 10_000 }, nobody)
  afterAll(() => renderer.close())

  it('renders equal texts once, also while the first one waits (SR-239)', async () => {
    const [first, second] = await Promise.all([renderer.render('*a*'), renderer.render('*a*')])
    expect(first).toEqual({ html: '<p><em>a</em></p>\n', withinBounds: true })
    // A second rendering would be another object, copied from the thread.
    expect([second === first, (await renderer.render('*a*')) === first]).toEqual([true, true])
    expect(await renderer.render('*b*')).toEqual({ html: '<p><em>b</em></p>\n', withinBounds: true })
  })

  it('renders texts whose HTML is longer than all that it remembers', async () => {
    const text = 'a'.repeat(20_000)
    const pages = await Promise.all([renderer.render(text), renderer.render(text), renderer.render('*a*')])
    expect(pages.map(({ html }) => html.length)).toEqual([20_008, 20_008, 18])
  })

  it('forgets what was not asked for the longest, beyond its bytes (SR-239)', async () => {
    const first = await renderer.render('first')
    for (let i = 0; i < 40; i += 1) await renderer.render(`text ${i}`)
    const again = await renderer.render('first')
    expect([again === first, again.html]).toEqual([false, first.html])
  })
})

describe('a thread that two callers use', () => {
  it('serves them in turn: a page of texts of one delays no text of the other (SR-239)', async () => {
    const scope = { current: 'account 1' }
    const renderer = createMarkdownRenderer({ bounds: POST_BOUNDS, rememberedBytes: 10_000_000 }, scope)
    const order: string[] = []
    const long = Array.from({ length: 20 }, async (_, i) => {
      await renderer.render(`${i} *a **a`.repeat(100))
      order.push('long')
    })
    scope.current = 'account 2'
    const short = renderer.render('short').then(() => order.push('short'))
    await Promise.all([...long, short])
    expect(order.indexOf('short')).toBeLessThan(4)
    await renderer.close()
  })

  it('rejects what exceeds the share of one caller with SERVICE_UNAVAILABLE (SR-239)', async () => {
    const renderer = createMarkdownRenderer(
      { bounds: POST_BOUNDS, rememberedBytes: 10_000_000 },
      { current: 'account 1' },
    )
    const texts = Array.from({ length: 1002 }, (_, i) => renderer.render(`text ${i}`))
    const results = await Promise.allSettled(texts)
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) },
    ])
    await renderer.close()
  })
})
