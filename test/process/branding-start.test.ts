import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gatewayProcesses, runGateway } from '../support/servers/gateway-process.ts'

describe('a start with a brand that cannot be used', () => {
  const { folder } = gatewayProcesses()

  it('ends with status 78 and one line for each problem, which names the setting (SR-278)', async () => {
    const data = folder()
    const mark = join(data, 'mark.svg')
    writeFileSync(mark, '<svg xmlns="http://www.w3.org/2000/svg">\n<script/></svg>')
    const { status, output } = await runGateway({
      DATA_DIR: data,
      ACCENT_COLOR: '#ffcc00',
      PRODUCT_MARK: mark,
      PRODUCT_MARK_MAIL: mark,
      TEMPLATES_DIR: join(data, 'missing'),
    })
    expect(status).toBe(78)
    expect(output.trim().split('\n').slice(-4)).toEqual([
      '  PRODUCT_MARK: expected an SVG without the element <script> (line 2)',
      '  PRODUCT_MARK_MAIL: expected an SVG without the element <script> (line 2)',
      expect.stringMatching(/^ {2}ACCENT_COLOR: .* this one has 1\.37:1$/) as string,
      '  TEMPLATES_DIR: expected a folder that can be read',
    ])
  })

  it('ends with status 78 and the file and line of a template (SR-279)', async () => {
    const data = folder()
    const templates = join(data, 'templates')
    mkdirSync(templates)
    writeFileSync(join(templates, 'code.html'), '<p>{{code}} {{validity}} {{warning}}</p>\n<p>{{cod}}</p>')
    writeFileSync(join(templates, 'code.txt'), '{{code}} {{validity}} {{warning}}')
    const { status, output } = await runGateway({ DATA_DIR: data, TEMPLATES_DIR: templates })
    expect(status).toBe(78)
    expect(output).toContain('  TEMPLATES_DIR: code.html:2: unknown placeholder {{cod}}')
  })
})
