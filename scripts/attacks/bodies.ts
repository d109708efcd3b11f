import { Readable } from 'node:stream'
import { sendRaw } from '../../test/support/raw-http.ts'
import { tally, type Attack } from './attack.ts'
import { streamRequest } from './stream-request.ts'
import type { Target } from './target.ts'

const TYPENAME = '{"query":"{ __typename }"}'
const LOGIN = 'mutation { login(input: { email: "a@example.com", password: "b" }) { __typename } }'
const HEAD = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'

/** Statuses of several raw requests. */
async function sendAll(target: Target, requests: readonly string[]): Promise<string> {
  const seen = await Promise.all(requests.map((text) => sendRaw(target.port, text)))
  return tally(seen.map(({ status }) => status))
}

const evil = (hidden: string) =>
  `POST /graphql HTTP/1.1\r\nHost: evil\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`
const chunked = `Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${evil(TYPENAME)}`

/** Malformed or unusual bodies, by description. */
const MALFORMED: Readonly<Record<string, string | Buffer>> = {
  'a key of __proto__': '{"query":"{ __typename }","variables":{"__proto__":{"polluted":1}}}',
  'a key of constructor':
    '{"query":"{ __typename }","variables":{"constructor":{"prototype":{"polluted":1}}}}',
  'a nested __proto__': '{"query":"{ __typename }","variables":{"a":[{"__proto__":{"polluted":1}}]}}',
  'a byte order mark inside': Buffer.from(`{"query":"{ __typename }",\ufeff"variables":{}}`),
  'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'UTF-16': Buffer.from(TYPENAME, 'utf16le'),
  'half a document': '{"query":"{ __typename',
  'not an object': '"{ __typename }"',
  null: 'null',
  nothing: '',
  'a query that is not a text': '{"query":{"toString":"x"}}',
}

/** Attacks by the bytes of a request. */
export const BODY_ATTACKS: readonly Attack[] = [
  {
    name: 'JSON: prototypes, invalid UTF-8, not an object, not a text',
    expected: '400 ×11; nothing is polluted',
    async run(target) {
      const seen = await Promise.all(Object.values(MALFORMED).map((body) => target.send(body)))
      const after = await target.query('{ __typename }')
      return `${tally(seen.map(({ status }) => status))}; ${after.text.startsWith('{"data":{"__typename":"Query"}') ? 'nothing is polluted' : after.text}`
    },
  },
  {
    name: 'JSON: a repeated key, 10,000 levels, a lone surrogate, NUL',
    expected: 'the last value is used; BAD_USER_INPUT; BAD_USER_INPUT ×2',
    async run(target) {
      const repeated = await target.send('{"query":"{ nothing }","query":"{ __typename }"}')
      const deep = await target.send(
        `{"query":"{ __typename }","variables":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
      )
      const { accessToken: token } = await target.signUp()
      const search = 'query ($s: String) { posts(filter: { search: $s }) { totalCount } }'
      const unstorable = await Promise.all(
        ['\\ud800', '\\u0000'].map((text) =>
          target.send(`{"query":${JSON.stringify(search)},"variables":{"s":"${text}"}}`, { token }),
        ),
      )
      return `${repeated.code === 'ok' ? 'the last value is used' : repeated.text}; ${deep.code}; ${tally(unstorable.map(({ code }) => code))}`
    },
  },
  {
    name: '10 MB of dots, as a token and as a body',
    expected: '431; 413',
    async run({ port }) {
      const dots = () => Readable.from(Array<Buffer>(100).fill(Buffer.alloc(100_000, '.')))
      const token = await streamRequest(port, `${HEAD}Authorization: Bearer `, dots)
      const body = await streamRequest(port, `${HEAD}Content-Length: 10000000\r\n\r\n`, dots)
      return `${token}; ${body}`
    },
  },
  {
    name: 'request smuggling: length and chunks, two lengths, two encodings, folded and spaced headers',
    expected: '400 ×6; one response each',
    async run({ port }) {
      const requests = [
        `${HEAD}Content-Length: 5\r\n${chunked}`,
        `${HEAD}Content-Length: 26\r\nContent-Length: 27\r\n\r\n${TYPENAME}`,
        `${HEAD}Content-Length: 26, 27\r\n\r\n${TYPENAME}`,
        `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
        `${HEAD}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
        `${HEAD}X-Folded: a\r\n b\r\nContent-Length: -1\r\n\r\n`,
      ]
      const seen = await Promise.all(requests.map((text) => sendRaw(port, text)))
      const more = seen.some(({ body }) => body.includes('HTTP/1.1'))
      return `${tally(seen.map(({ status }) => status))}; ${more ? 'more than one response' : 'one response each'}`
    },
  },
  {
    name: 'CSRF: forms, plain text, a mutation by GET, a query by GET',
    expected: '415 ×3, 400 ×2, 405',
    async run(target) {
      const types = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']
      const forms = types.map((type) =>
        target.send(JSON.stringify({ query: LOGIN }), { headers: { 'content-type': type } }),
      )
      const get = (query: string, headers: Record<string, string> = {}) =>
        target.send('', {
          method: 'GET',
          path: `/graphql?query=${encodeURIComponent(query)}`,
          headers: { 'content-type': 'text/plain', ...headers },
        })
      const seen = await Promise.all([
        ...forms,
        get(LOGIN),
        get('{ me { id } }'),
        get(LOGIN, { 'content-type': 'application/json', 'apollo-require-preflight': '1' }),
      ])
      return tally(seen.map(({ status }) => status))
    },
  },
  {
    name: 'CORS: null, foreign and similar origins',
    expected: 'no origin is allowed',
    async run(target) {
      const origins = [
        'null',
        'https://evil.example',
        'https://auth.example.com.evil.example',
        'http://auth.example.com',
      ]
      const seen = await Promise.all(
        origins.flatMap((origin) => [
          target.send(TYPENAME, { headers: { origin } }),
          target.send('', {
            method: 'OPTIONS',
            headers: { origin, 'access-control-request-method': 'POST' },
          }),
        ]),
      )
      const allowed = seen.filter(({ headers }) => headers['access-control-allow-origin'] !== undefined)
      return allowed.length === 0 ? 'no origin is allowed' : `${allowed.length} are allowed`
    },
  },
  {
    name: 'foreign Host and X-Forwarded-Host',
    expected: 'not echoed; 400 without a host',
    async run(target) {
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      }
      const paths = [
        '/.well-known/oauth-authorization-server',
        '/.well-known/jwks.json',
        '/readyz',
        '/nowhere',
        '/graphql',
      ]
      const seen = await Promise.all(paths.map((path) => target.send('', { method: 'GET', path, headers })))
      const echoed = seen.some(({ text, headers: sent }) => (text + JSON.stringify(sent)).includes('evil'))
      const bare = await sendAll(target, [
        'POST /graphql HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      ])
      return `${echoed ? 'echoed' : 'not echoed'}; ${bare} without a host`
    },
  },
]
