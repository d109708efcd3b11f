import { WebSocket } from 'ws'
import { HOSTILE_MARKDOWN, LONGEST, numberText } from './hostile-markdown.ts'

/** What the client sees of a request. */
export interface Seen {
  /** Status and first code. */
  readonly outcome: string
  readonly bytes: number
}

/** Who sends the requests of a case. */
export interface Sender {
  readonly address: string
  readonly token: string
}

/** A request, as different as its number, so that nothing remembers it. */
export interface FairnessCase {
  readonly name: string
  send(sender: Sender, index: number): Promise<Seen>
}

const repeat = (count: number, text: (index: number) => string, by = ' ') =>
  Array.from({ length: count }, (_, index) => text(index)).join(by)

/** Sends bytes to `/graphql`. */
async function post(
  { address, token }: Sender,
  body: string,
  headers: Record<string, string> = {},
): Promise<Seen> {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body,
  })
  const text = Buffer.from(await response.arrayBuffer())
  // The start of a long response is enough, and cheaper for the client, which also pings.
  const code = /"code":"(\w+)"/.exec(text.subarray(0, 4000).toString())?.[1] ?? 'ok'
  return { outcome: `${response.status} ${code}`, bytes: text.length }
}

function sendDocument(name: string, query: (index: number) => string, variables: object = {}): FairnessCase {
  return {
    name,
    send: (sender, index) => post(sender, JSON.stringify({ query: query(index), variables })),
  }
}

function sendBody(name: string, body: string, headers: Record<string, string> = {}): FairnessCase {
  return { name, send: (sender) => post(sender, body, headers) }
}

const CREATE =
  'mutation ($content: String!) { createPost(input: { title: "A", content: $content }) { contentHtml } }'
const LEAVES = 'id title published createdAt updatedAt author { id fullName email phone }'
const aliases = (field: string, count = 15) => repeat(count, (i) => `a${i}: ${field}`)
const page = (selection: string, first = 100) => `{ posts(first: ${first}) { nodes { ${selection} } } }`
const search = (text: string, selection: string) =>
  `{ posts(first: 100, filter: { search: ${JSON.stringify(text)} }) { ${selection} } }`
const login = (email: string, password: string) =>
  `mutation { login(input: { email: ${JSON.stringify(email)}, password: ${JSON.stringify(password)} }) { __typename } }`

const MARKDOWN = Object.entries(HOSTILE_MARKDOWN).map(([name, text]): FairnessCase => ({
  name: `Markdown: ${name}`,
  send: (sender, index) =>
    post(sender, JSON.stringify({ query: CREATE, variables: { content: numberText(text, index) } })),
}))

/** The posts of `seedPosts` are the newest: 100 of 20,000 characters. */
const LISTS = [
  sendDocument('100 long posts: `contentHtml`', () => page('contentHtml')),
  sendDocument('100 long posts: `contentHtml` 15 times', () => page(aliases('contentHtml'))),
  sendDocument('100 long posts: `content`', () => page('content')),
  sendDocument('100 long posts: `content` 4 times', () => page(aliases('content', 4))),
  sendDocument('100 posts: every cheap field, 15 aliases', () => page(`${LEAVES} ${aliases('createdAt')}`)),
  sendDocument(
    '7 pages of 100 posts: `id`',
    () => `{ ${repeat(7, (i) => `p${i}: posts(first: 100) { nodes { id } }`)} }`,
  ),
  sendDocument(
    '7 times `totalCount`',
    () => `{ ${repeat(7, (i) => `p${i}: posts(first: 1) { totalCount }`)} }`,
  ),
  sendDocument('search: 199 × a, b', (i) =>
    search(`${'a'.repeat(198)}b${i % 10}`, 'totalCount nodes { id }'),
  ),
  sendDocument('search: 200 × %', () => search('%'.repeat(200), 'totalCount nodes { id }')),
  sendDocument('search: quotes, operators, NEAR, *', () =>
    search('"a" OR NEAR(b, 5) * - ( ) : ^ \\ \' '.repeat(6), 'totalCount nodes { id }'),
  ),
  sendDocument('search: 200 Korean characters', () => search('가'.repeat(200), 'totalCount nodes { id }')),
  sendDocument(
    'cursor of 90,000 characters',
    () => `{ posts(after: "${'A'.repeat(90_000)}") { nodes { id } } }`,
  ),
  sendDocument(
    'pages of -1 and 2147483647',
    () => '{ a: posts(first: -1) { totalCount } b: posts(first: 2147483647) { totalCount } }',
  ),
]

const DOCUMENTS = [
  sendDocument('document: 990 fields of one name', (i) => `query q${i} { ${'__typename '.repeat(990)} }`),
  sendDocument(
    'document: 300 aliases that conflict',
    (i) => `query q${i} { me { ${repeat(300, (n) => `a: ${n % 2 ? 'id' : 'email'}`)} } }`,
  ),
  sendDocument(
    'document: 120 fragments that overlap',
    (i) =>
      `query q${i} { me { ${repeat(120, (n) => `...F${n}`)} } } ${repeat(120, (n) => `fragment F${n} on User { id }`)}`,
  ),
  sendDocument(
    'document: fragments nested 60 deep, twice each',
    (i) =>
      `query q${i} { me { ...F0 } } ${repeat(60, (n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`)} fragment F60 on User { id }`,
  ),
  sendDocument(
    'document: pages in inline fragments that overlap',
    (i) => `query q${i} { posts { ${'... { nodes { ... { id } } } '.repeat(75)} } }`,
  ),
  sendDocument(
    'document: 300 unknown fields',
    (i) => `query q${i} { me { ${repeat(300, (n) => `${'idEmail'.repeat(30)}${n}`)} } }`,
  ),
  sendDocument('document: a name of 90,000 characters', (i) => `{ ${'a'.repeat(90_000)}${i} }`),
  sendDocument('document: 90,000 commas', (i) => `query q${i} { ${','.repeat(90_000)} __typename }`),
  sendDocument(
    'document: a block string of 30,000 lines',
    () => `{ post(id: """${'\n '.repeat(30_000)}""") { id } }`,
  ),
  sendDocument(
    'document: 240 arguments of one name',
    (i) => `query q${i} { post(${'id: "a" '.repeat(240)}) { id } }`,
  ),
  sendDocument(
    'document: 180 variables',
    (i) => `query q${i}(${repeat(180, (n) => `$v${n}: Int`)}) { __typename }`,
  ),
]

const VERIFY = 'query ($input: PostFilter) { posts(filter: $input) { totalCount } }'

const BODIES = [
  sendDocument('variables: an object of 8,000 unknown fields', () => VERIFY, {
    input: Object.fromEntries(Array.from({ length: 8000 }, (_, i) => [`k${i}`, 1])),
  }),
  sendDocument('variables: a list of 40,000', () => VERIFY, {
    input: Array.from({ length: 40_000 }, () => 1),
  }),
  sendBody(
    'variables: 49,000 levels',
    `{"query":"{__typename}","variables":{"a":${'['.repeat(49_000)}${']'.repeat(49_000)}}}`,
  ),
  sendBody('JSON that ends after 99,000 bytes', `{"query":"${'a'.repeat(99_000)}`),
  sendBody('JSON of 16,000 escapes', `{"query":"${'\\u0061'.repeat(16_000)}"}`),
  sendDocument('password of 90,000 characters', () => login('a@example.com', 'a'.repeat(90_000))),
  sendDocument(
    'new password of 256 characters that normalize to 4,608',
    () =>
      `mutation { register(input: { email: "a@example.com", password: "${'\ufdfa'.repeat(256)}" }) { __typename } }`,
  ),
  sendDocument('address of 90,000 characters', () => login(`${'a.'.repeat(45_000)}@example.com`, 'a')),
  sendDocument('address of 30,000 labels to encode', () => login(`a@${'é.'.repeat(30_000)}com`, 'a')),
  sendDocument(
    'number of 90,000 digits',
    () => `mutation { registerPhone(input: { phone: "+1${'2'.repeat(90_000)}" }) { __typename } }`,
  ),
  sendBody('headers: languages, cookies and agent of 5 KB', '{"query":"{__typename}"}', {
    'accept-language': repeat(500, (i) => `a${i % 10};q=0.1`, ','),
    cookie: repeat(700, (i) => `a${i}=b`, ';'),
    'user-agent': '(Mozilla/5.0 '.repeat(250),
  }),
  sendBody('token of 14,000 characters', '{"query":"{__typename}"}', {
    authorization: `Bearer ${'a.'.repeat(7000)}`,
  }),
]

/** Sends messages on a socket at once, and waits until it closes or answers the last one. */
function sendMessages(name: string, count: number, message: (index: number) => object): FairnessCase {
  return {
    name,
    send: ({ address, token }) =>
      new Promise((done) => {
        const socket = new WebSocket(`${address.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
        let bytes = 0
        const finish = (outcome: string) => {
          socket.terminate()
          done({ outcome, bytes })
        }
        const timer = setTimeout(() => finish('open'), 500)
        socket.on('open', () => {
          socket.send(
            JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
          )
        })
        socket.on('message', (data: Buffer) => {
          bytes += data.length
          if (!data.toString().includes('connection_ack')) return
          for (let i = 0; i < count; i += 1) socket.send(JSON.stringify(message(i)))
        })
        socket.on('error', () => undefined)
        socket.on('close', (code) => {
          clearTimeout(timer)
          finish(`closed ${code}`)
        })
      }),
  }
}

const subscribe = (index: number, query: string) => ({
  id: `s${index}`,
  type: 'subscribe',
  payload: { query },
})

const SOCKETS = [
  sendMessages('socket: 2,000 pings', 2000, () => ({ type: 'ping' })),
  sendMessages('socket: 1,000 subscriptions', 1000, (i) =>
    subscribe(i, 'subscription { sessionEvents { kind } }'),
  ),
  sendMessages('socket: 1,000 documents of 190 tokens', 1000, (i) =>
    subscribe(i, `subscription { sessionEvents { ${repeat(180, (n) => `kind${n}`)} } }`),
  ),
]

/** All cases, in the order of the table. */
export const FAIRNESS_CASES: readonly FairnessCase[] = [
  ...LISTS,
  ...MARKDOWN,
  ...DOCUMENTS,
  ...BODIES,
  ...SOCKETS,
]

/** Contents of the seeded posts: half of them beyond the bounds of Markdown, from before these existed. */
export function buildSeedContent(index: number): string {
  const texts = ['wide table, short rows', 'dense prose', 'long link, used often', 'emphasis'] as const
  const text = HOSTILE_MARKDOWN[texts[index % texts.length] ?? 'emphasis'] ?? ''
  return numberText(text, index).padEnd(LONGEST, 'a')
}
