import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TOOLS } from '../../../scripts/install-tools.ts'
import { describeWithTools } from '../../../test/support/tools.ts'
import { createConsumer, type ConsumerProject } from '../support/consumer-project.ts'

const root = resolve(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/clients/own-operations.md'), 'utf8')
const findBlocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '')
const [config = '', separate = ''] = findBlocks('yaml')
const [operation = ''] = findBlocks('graphql')
const [component = ''] = findBlocks('tsx')

/** Operations whose names GraphQL Code Generator changes. */
const ODD_NAMES = `query myPosts_byHTTPServer2($first: Int = 3) { list: posts(first: $first) { totalCount } }
mutation remove_post($id: ID!) { deletePost(id: $id) { postId } }
subscription on2Events { sessionEvents { kind } }
query pagesOf($cursor: String) { list: posts(first: 2, after: $cursor) { ...Page } }
fragment Page on PostConnection { nodes { id } pageInfo { endCursor hasNextPage } }
`

/** Uses of the hooks, some of them wrong. */
const USES = {
  apollo: `const { data } = useTitlesQuery({ variables: { first: 3 } })
  const title: string | undefined = data?.posts.nodes[0]?.title
  // @ts-expect-error A number.
  useTitlesSuspenseQuery({ variables: { first: 'three' } })
  useMyPosts_ByHttpServer2LazyQuery()
  useRemove_PostMutation()
  useOn2EventsSubscription()`,
  urql: `const [{ data }] = useTitlesQuery({ variables: { first: 3 } })
  const title: string | undefined = data?.posts.nodes[0]?.title
  // @ts-expect-error Required.
  useTitlesQuery({ variables: {} })
  useMyPosts_ByHttpServer2Query()
  useRemove_PostMutation()
  useOn2EventsSubscription()`,
  'tanstack-query': `const { data } = useTitlesInfiniteQuery({ first: 3 })
  const title: string | undefined = data?.pages[0]?.posts.nodes[0]?.title
  usePagesOfInfiniteQuery()
  // @ts-expect-error Required.
  useTitlesQuery({})
  useMyPosts_ByHttpServer2SuspenseQuery()
  useRemove_PostMutation()`,
} as const

describeWithTools('a project with operations of its own', () => {
  let project: ConsumerProject
  beforeAll(async () => {
    project = await createConsumer()
    project.write({ 'src/titles.graphql': operation, 'src/odd-names.graphql': ODD_NAMES })
  }, 120_000)
  afterAll(() => project.remove())

  /** Runs GraphQL Code Generator, whose own plug-ins are among the tools of maintainers. */
  function generate(text: string): void {
    const preset = join(TOOLS, 'node_modules/@graphql-codegen/client-preset')
    project.write({ 'codegen.yml': text.replaceAll('preset: client', `preset: ${preset}`) })
    project.runNode([join(TOOLS, 'node_modules/.bin/graphql-codegen'), '--config', 'codegen.yml'])
  }
  const options = ['--module', 'esnext', '--moduleResolution', 'bundler']

  it('gets hooks by the configuration of the page, and its component compiles', () => {
    generate(config)
    project.write({ 'src/titles.tsx': component })
    expect(project.compile(7, [...options, 'src/titles.tsx'])).toBe('')
  })

  it('gets hooks in a file of their own by the other configuration', () => {
    generate(config.replace(/^generates:[\s\S]*/m, separate))
    project.write({ 'src/titles.tsx': component.replace('./gql/graphql', './gql/hooks') })
    expect(project.compile(7, [...options, 'src/titles.tsx'])).toBe('')
    expect(readFileSync(join(project.folder, 'src/gql/graphql.ts'), 'utf8')).not.toContain('Hook')
  })

  it.each(Object.entries(USES))('gets hooks for %s that reject wrong variables', (library, uses) => {
    generate(config.replace('codegen/apollo', `codegen/${library}`))
    const names = [...new Set(uses.match(/\buse\w+/g))].join(', ')
    project.write({
      'src/uses.ts': `import { ${names} } from './gql/graphql'
export function useAll() {
  ${uses}
  return title
}
`,
    })
    expect(project.compile(7, [...options, 'src/uses.ts'])).toBe('')
  })
})
