import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, type CollectionTag, type ScalarTag } from 'yaml'
import { parseStages } from '../../scripts/deploy/check-dockerfile.ts'
import { parseCompose } from '../../scripts/deploy/check-compose.ts'
import { parseManifests } from '../../scripts/deploy/check-kubernetes.ts'
import { ROOT } from '../../scripts/deploy/tools.ts'

/** Variables by name. */
export type Variables = Readonly<Record<string, string>>

/** What one way of deployment gives a node. */
export interface Deployment {
  readonly name: string
  readonly variables: Variables
  /** Secrets that the platform puts into variables itself; all others must come from files. */
  readonly injected: readonly string[]
  /** Seconds from SIGTERM to SIGKILL. */
  readonly graceSeconds: number
  /** Seconds until a load balancer has noticed that /readyz fails; 0: it notices by connections only. */
  readonly noticeSeconds: number
}

/** Text of a file of deploy/. */
export function readDeploy(path: string): string {
  return readFileSync(join(ROOT, 'deploy', path), 'utf8')
}

/** `ENV` of the last stage of the Dockerfile. */
export function readImageVariables(): Variables {
  const instructions = parseStages(readDeploy('Dockerfile')).at(-1)?.instructions ?? []
  const assignments = instructions.filter(({ keyword }) => keyword === 'ENV').flatMap(({ args }) => args)
  return Object.fromEntries(assignments.map(splitAssignment))
}

/** A service of compose.yaml, as far as tests read it. */
export interface ComposeService {
  readonly image: string
  readonly environment?: Variables
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly profiles?: readonly string[]
  readonly ports?: readonly string[]
  readonly networks?: readonly string[]
  readonly stop_grace_period?: string
  readonly command?: readonly string[]
  readonly read_only?: boolean
  readonly healthcheck?: { readonly test: readonly string[] }
}
/** compose.yaml, as far as tests read it. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
}

/**
 * compose.yaml with variables in place of `${NAME}`, `${NAME:-default}` and `${NAME-default}`, which Compose
 * replaces in the values of the parsed file.
 */
export function readCompose(variables: Variables = {}): ComposeFile {
  const interpolate = (text: string) =>
    text.replace(
      /\$\{(\w+)(?:(:?)-([^}]*))?\}/g,
      (_match, name: string, colon: string | undefined, fallback = '') => {
        const value = variables[name]
        return value === undefined || (colon === ':' && value === '') ? String(fallback) : value
      },
    )
  const parsed = parseCompose(readDeploy('compose.yaml'))
  return JSON.parse(JSON.stringify(parsed), (_key, value: unknown) =>
    typeof value === 'string' ? interpolate(value) : value,
  ) as ComposeFile
}

/** Variables of an env file: lines of `NAME=value`. */
export function readEnvFile(path: string): Variables {
  const lines = readDeploy(path)
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
  return Object.fromEntries(lines.map(splitAssignment))
}

function splitAssignment(text: string): [string, string] {
  const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? []
  return [name, value]
}

/** The nodes of compose.yaml. `overrides`: variables of the shell or of `--env-file`. */
export function composeDeployment(name: string, overrides: Variables = {}): Deployment {
  const service = readCompose(overrides).services['gateway-1']
  const variables = { ...readImageVariables(), ...service?.environment }
  return {
    name,
    variables,
    injected: [],
    graceSeconds: parseInt(service?.stop_grace_period ?? ''),
    noticeSeconds: 0,
  }
}

interface Probe {
  readonly periodSeconds: number
  readonly failureThreshold: number
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number
  readonly containers: readonly [
    {
      readonly env: readonly { readonly name: string; readonly value: string }[]
      readonly readinessProbe: Probe
    },
  ]
}

/** The pods of deploy/kubernetes. */
export function kubernetesDeployment(): Deployment {
  const [map] = parseManifests(readDeploy('kubernetes/config-map.yaml'))
  const [deployment] = parseManifests(readDeploy('kubernetes/deployment.yaml'))
  const { spec } = (deployment?.['spec'] as { readonly template: { readonly spec: PodSpec } }).template
  const [{ env, readinessProbe }] = spec.containers
  const variables = {
    ...readImageVariables(),
    ...(map?.['data'] as Variables),
    ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
  }
  return {
    ...{ name: 'kubernetes', variables, injected: [], graceSeconds: spec.terminationGracePeriodSeconds },
    noticeSeconds: readinessProbe.periodSeconds * readinessProbe.failureThreshold,
  }
}

/** Settings of the unit by their name; several values of one name in their order. */
export function readUnit(): ReadonlyMap<string, readonly string[]> {
  const entries = new Map<string, string[]>()
  for (const line of readDeploy('systemd/graphql-auth-gateway@.service').split('\n')) {
    const [, name, value = ''] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? []
    if (name !== undefined) entries.set(name, [...(entries.get(name) ?? []), value])
  }
  return entries
}

/** The nodes of deploy/systemd. */
export function systemdDeployment(): Deployment {
  const unit = readUnit()
  const assignments = (unit.get('Environment') ?? []).map(splitAssignment)
  const specifiers: Variables = { '%i': '4001', '%d': '/run/credentials/gateway', '%S': '/var/lib' }
  const resolve = (value: string) => value.replace(/%[idS]/g, (specifier) => specifiers[specifier] ?? '')
  const variables = {
    ...readEnvFile('systemd/gateway.env'),
    ...Object.fromEntries(assignments.map(([name, value]) => [name, resolve(value)])),
  }
  const graceSeconds = Number(unit.get('TimeoutStopSec')?.[0])
  return { name: 'systemd', variables, injected: [], graceSeconds, noticeSeconds: 0 }
}

const SCALARS = ['Ref', 'Sub', 'GetAtt', 'GetAZs'] as const
const LISTS = ['Join', 'Split', 'Select', 'Cidr', 'Sub'] as const
const TAGS: (ScalarTag | CollectionTag)[] = [
  ...SCALARS.map((name): ScalarTag => ({ tag: `!${name}`, resolve: (text) => ({ [name]: text }) })),
  ...LISTS.map((name): CollectionTag => ({ tag: `!${name}`, collection: 'seq' })),
]

/** A template of CloudFormation, as far as tests read it. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly DependsOn?: unknown; readonly Properties?: Properties }>
  >
  readonly Outputs?: Readonly<
    Record<string, { readonly Export?: { readonly Name: { readonly Sub: string } } }>
  >
}
/** Properties of a resource. */
export type Properties = Readonly<Record<string, unknown>>

/** A template of deploy/aws. Short forms such as `!Ref x` become `{ Ref: 'x' }`. */
export function readTemplate(name: 'network' | 'data' | 'service'): Template {
  return parse(readDeploy(`aws/${name}.yaml`), { customTags: TAGS }) as Template
}

interface Container {
  readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[]
  readonly Secrets: readonly { readonly Name: string }[]
  readonly StopTimeout: number
}

/** Values of parameters and imports of the stack of the service. */
const STACK_VALUES: Variables = {
  MaxCount: '6',
  RedisPrefix: 'gw',
  PublicUrl: 'https://auth.example.com',
  MailFrom: 'Example <no-reply@example.com>',
  '${DataStack}-CacheHost': 'primary.example.cache.amazonaws.com',
  '${DataStack}-CachePort': '6379',
}

/** The tasks of deploy/aws. */
export function awsDeployment(): Deployment {
  const { Resources } = readTemplate('service')
  const definition = Resources['TaskDefinition']?.Properties
  const [container] = definition?.['ContainerDefinitions'] as readonly [Container]
  const target = Resources['TargetGroup']?.Properties ?? {}
  const variables = container.Environment.map(({ Name, Value }) => [Name, resolveValue(Value)])
  return {
    name: 'aws',
    variables: { ...readImageVariables(), ...Object.fromEntries(variables) },
    injected: container.Secrets.map(({ Name }) => Name),
    graceSeconds: container.StopTimeout,
    noticeSeconds: Number(target['HealthCheckIntervalSeconds']) * Number(target['UnhealthyThresholdCount']),
  }
}

function resolveValue(value: unknown): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::ImportValue': imported } = value as { Ref?: string; 'Fn::ImportValue'?: { Sub: string } }
  const name = Ref ?? imported?.Sub ?? ''
  const resolved = STACK_VALUES[name]
  if (resolved === undefined) throw new Error(`no value for ${name}`)
  return resolved
}
