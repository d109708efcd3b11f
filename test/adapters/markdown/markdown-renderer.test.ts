import { afterAll, describe, expect, it } from 'vitest'
import { createMarkdownRenderer } from '../../../src/adapters/markdown/markdown-renderer.ts'
import { POST_BOUNDS } from '../../../src/core/markdown-bounds.ts'

describe('the Markdown thread', () => {
  const renderer = createMarkdownRenderer({ bounds: POST_BOUNDS, rememberedBytes: 10_000 })
  afterAll(() => renderer.close())

  it('renders equal texts once, also while the first one waits (SR-239)', async () => {
    const [first, second] = await Promise.all([
      renderer.render('*a*', 'account 1'),
      renderer.render('*a*', 'account 1'),
    ])
    expect(first).toEqual({ html: '<p><em>a</em></p>\n', withinBounds: true })
    // A second rendering would be another object, copied from the thread.
    expect([second === first, (await renderer.render('*a*', 'account 1')) === first]).toEqual([true, true])
    expect(await renderer.render('*b*', 'account 1')).toEqual({
      html: '<p><em>b</em></p>\n',
      withinBounds: true,
    })
  })

  it('renders texts whose HTML is longer than all that it remembers', async () => {
    const text = 'a'.repeat(20_000)
    const pages = await Promise.all([
      renderer.render(text, 'account 1'),
      renderer.render(text, 'account 1'),
      renderer.render('*a*', 'account 1'),
    ])
    expect(pages.map(({ html }) => html.length)).toEqual([20_008, 20_008, 18])
  })

  it('forgets what was not asked for the longest, beyond its bytes (SR-239)', async () => {
    const first = await renderer.render('first', 'account 1')
    for (let i = 0; i < 40; i += 1) await renderer.render(`text ${i}`, 'account 1')
    const again = await renderer.render('first', 'account 1')
    expect([again === first, again.html]).toEqual([false, first.html])
  })
})

describe('a thread that two callers use', () => {
  it('serves them in turn: a page of texts of one delays no text of the other (SR-239)', async () => {
    const renderer = createMarkdownRenderer({ bounds: POST_BOUNDS, rememberedBytes: 10_000_000 })
    const order: string[] = []
    const long = Array.from({ length: 20 }, async (_, i) => {
      await renderer.render(`${i} *a **a`.repeat(100), 'account 1')
      order.push('long')
    })
    const short = renderer.render('short', 'account 2').then(() => order.push('short'))
    await Promise.all([...long, short])
    expect(order.indexOf('short')).toBeLessThan(4)
    await renderer.close()
  })

  it('rejects what exceeds the share of one caller with SERVICE_UNAVAILABLE (SR-239)', async () => {
    const renderer = createMarkdownRenderer({ bounds: POST_BOUNDS, rememberedBytes: 10_000_000 })
    const texts = Array.from({ length: 1002 }, (_, i) => renderer.render(`text ${i}`, 'account 1'))
    const results = await Promise.allSettled(texts)
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) },
    ])
    await renderer.close()
  })
})
