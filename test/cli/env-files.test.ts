import { describe, expect, it } from 'vitest'
import { createVariablesReader, omitEnvFiles } from '../../src/cli/env-files.ts'

describe('variables that are read again', () => {
  const read = (
    nodeOptions: readonly string[],
    variables: Record<string, string>,
    files: Map<string, string>,
  ) =>
    createVariablesReader({
      variables,
      nodeOptions,
      readFile: (path) => {
        const text = files.get(path)
        if (text === undefined) throw new Error('ENOENT')
        return text
      },
    })

  it('come from the files of --env-file as they are now, later files first, and from the environment before them', () => {
    const files = new Map([
      ['a.env', 'HOST=first\nPORT=1\nLOG_LEVEL=info\n'],
      ['b.env', 'PORT="2"\n'],
    ])
    const start = { HOST: 'inherited', PORT: '2', LOG_LEVEL: 'info', PATH: '/bin' }
    const readAgain = read(['--env-file=a.env', '--env-file', 'b.env', '--enable-source-maps'], start, files)
    expect(readAgain()).toEqual(start)
    files.set('a.env', 'HOST=changed\nPRODUCT_NAME=new\nPORT=3')
    expect(readAgain()).toEqual({ HOST: 'inherited', PORT: '2', PRODUCT_NAME: 'new', PATH: '/bin' })
    files.set('b.env', '')
    expect(readAgain()).toMatchObject({ PORT: '3' })
  })

  it('need each file of --env-file, and not those of --env-file-if-exists', () => {
    const files = new Map([['a.env', 'PORT=1']])
    const readAgain = read(['--env-file=a.env', '--env-file-if-exists=b.env'], { PORT: '1' }, files)
    expect(readAgain()).toEqual({ PORT: '1' })
    files.clear()
    expect(readAgain).toThrow('--env-file: expected a.env to be a file that can be read')
  })

  it('are left out of the options of a process that receives them', () => {
    const options = [
      '--env-file=a.env',
      '--import',
      'tsx',
      '--env-file',
      'b.env',
      '--env-file-if-exists',
      'c.env',
      '-r',
      'x',
    ]
    expect(omitEnvFiles(options)).toEqual(['--import', 'tsx', '-r', 'x'])
  })
})
