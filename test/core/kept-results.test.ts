import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { keepResults } from '../../src/core/kept-results.ts'

describe('kept results', () => {
  function count() {
    const computed: string[] = []
    const compute = (text: string) => {
      computed.push(text)
      if (text === 'invalid') throw new Error(text)
      return { text }
    }
    return { computed, compute }
  }

  it('are those of the text, computed once', () => {
    const { computed, compute } = count()
    const read = keepResults(10, compute)
    expect(['a', 'b', 'a', 'b'].map((text) => read(text).text)).toEqual(['a', 'b', 'a', 'b'])
    expect(computed).toEqual(['a', 'b'])
    expect(read('a')).toBe(read('a'))
  })

  it('are bounded: the least recently used one is computed again', () => {
    const { computed, compute } = count()
    const read = keepResults(2, compute)
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) read(text)
    expect(computed).toEqual(['a', 'b', 'c', 'b'])
  })

  it('do not keep the longer texts that theirs are parts of', () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const read = keepResults(100, (text) => ({ length: text.length }))
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let text = 0; text < 50; text += 1) {
      const [line = ''] = `a line that is long enough, ${text}\n${'x'.repeat(1_000_000)}`.split('\n')
      read(line)
    }
    collectGarbage()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000)
    expect(read('a line that is long enough, 0').length).toBe(29)
  })

  it('are not errors', () => {
    const { computed, compute } = count()
    const read = keepResults(2, compute)
    for (let call = 0; call < 2; call += 1) expect(() => read('invalid')).toThrow('invalid')
    expect(computed).toEqual(['invalid', 'invalid'])
  })
})
