import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkCloudFormation } from '../../scripts/deploy/check-cloudformation.ts'
import { DEPLOY_TOOLS, ROOT } from '../../scripts/deploy/tools.ts'
import { removeFolder, temporaryFolder } from '../support/backends.ts'
import { describeWithTools } from '../support/tools.ts'
import { readDeploy, readImageVariables, readTemplate, type Properties } from './environments.ts'

const STACKS = ['network', 'data', 'service'] as const
const templates = new Map(STACKS.map((name) => [name, readTemplate(name)]))

/** Properties of a resource of a stack. */
function read(stack: (typeof STACKS)[number], resource: string): Properties {
  const properties = templates.get(stack)?.Resources[resource]?.Properties
  if (!properties) throw new Error(`no ${resource} in ${stack}`)
  return properties
}

/** Attributes of a load balancer or a target group by their key. */
function readAttributes(list: unknown): Readonly<Record<string, string>> {
  const entries = list as readonly { readonly Key: string; readonly Value: string }[]
  return Object.fromEntries(entries.map(({ Key, Value }) => [Key, Value]))
}

describeWithTools(
  'the templates of deploy/aws',
  () => {
    it('have no problem that the validator of AWS finds, and it finds some', () => {
      const files = STACKS.map((name) => join(ROOT, `deploy/aws/${name}.yaml`))
      const folder = temporaryFolder()
      const broken = join(folder, 'broken.yaml')
      writeFileSync(
        broken,
        readDeploy('aws/data.yaml')
          .replace('MultiAZ: true', 'MultiAz: true')
          .replace('!Ref DatabaseSubnets', '!Ref Missing'),
      )
      const problems = checkCloudFormation([...files, broken])
      removeFolder(folder)
      for (const file of files) expect(problems.get(file)).toEqual([])
      expect(problems.get(broken)?.join('\n')).toMatch(/MultiAz/)
      expect(problems.get(broken)?.join('\n')).toMatch(/Missing/)
    })
  },
  DEPLOY_TOOLS,
)

describe('the stacks of deploy/aws', () => {
  it('import only what a stack before them exports', () => {
    const exported: Record<(typeof STACKS)[number], string[]> = { network: [], data: [], service: [] }
    for (const name of STACKS)
      exported[name] = Object.values(templates.get(name)?.Outputs ?? {}).flatMap(({ Export }) =>
        Export ? [Export.Name.Sub.replace('${AWS::StackName}-', '')] : [],
      )
    const listImports = (name: (typeof STACKS)[number]) =>
      [...readDeploy(`aws/${name}.yaml`).matchAll(/ImportValue: !Sub '\$\{(\w+)Stack\}-(\w+)'/g)].map(
        ([, stack = '', value = '']) => ({ stack: stack.toLowerCase(), value }),
      )
    expect(listImports('network')).toEqual([])
    for (const { stack, value } of listImports('data')) {
      expect(stack).toBe('network')
      expect(exported.network).toContain(value)
    }
    const imports = listImports('service')
    expect(new Set(imports.map(({ stack }) => stack))).toEqual(new Set(['network', 'data']))
    for (const { stack, value } of imports) expect(exported[stack as 'network' | 'data']).toContain(value)
    // Nothing is exported that no stack needs, so that a stack can be deleted as soon as possible.
    const used = [...listImports('data'), ...imports].map(({ value }) => value)
    expect([...exported.network, ...exported.data].filter((value) => !used.includes(value))).toEqual([])
  })

  it('connect to PostgreSQL with TLS only, and verify its host', () => {
    expect(read('data', 'DatabaseParameters')['Parameters']).toMatchObject({ 'rds.force_ssl': '1' })
    expect(read('data', 'DatabaseUrl')['SecretString']).toEqual({
      Sub: 'postgresql://gateway:{{resolve:secretsmanager:${DatabasePassword}:SecretString:password}}@${Database.Endpoint.Address}:${Database.Endpoint.Port}/gateway?sslmode=verify-full',
    })
    expect(read('data', 'Database')).toMatchObject({
      ...{ MultiAZ: true, StorageEncrypted: true, DeletionProtection: true, PubliclyAccessible: false },
      ...{ DBName: 'gateway', MasterUsername: 'gateway' },
    })
    // A password without punctuation needs no percent-encoding.
    expect(read('data', 'DatabasePassword')['GenerateSecretString']).toMatchObject({
      ExcludePunctuation: true,
    })
  })

  it('connect to Redis with TLS and a password, without evictions', () => {
    expect(read('data', 'Cache')).toMatchObject({
      ...{ TransitEncryptionEnabled: true, AtRestEncryptionEnabled: true, AutomaticFailoverEnabled: true },
      AuthToken: { Sub: '{{resolve:secretsmanager:${CachePassword}:SecretString}}' },
    })
    expect(read('data', 'CacheParameters')['Properties']).toEqual({ 'maxmemory-policy': 'noeviction' })
  })

  it('run two tasks that a failed rollout leaves in place, and read requests from the load balancer only', () => {
    expect(templates.get('service')?.Parameters?.['DesiredCount']?.Default).toBe(2)
    expect(read('service', 'Service')['DeploymentConfiguration']).toMatchObject({
      ...{ MinimumHealthyPercent: 100, DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    })
    expect(templates.get('service')?.Resources['Service']?.DependsOn).toEqual(['HttpsListener'])
    expect(read('network', 'ServiceSecurityGroup')['SecurityGroupIngress']).toMatchObject([
      { SourceSecurityGroupId: { Ref: 'LoadBalancerSecurityGroup' } },
    ])
  })

  it('use the port of the image everywhere', () => {
    const port = Number(readImageVariables()['PORT'])
    const [container] = read('service', 'TaskDefinition')['ContainerDefinitions'] as readonly Properties[]
    expect(container?.['PortMappings']).toMatchObject([{ ContainerPort: port }])
    expect(read('service', 'TargetGroup')['Port']).toBe(port)
    expect(read('service', 'Service')['LoadBalancers']).toMatchObject([{ ContainerPort: port }])
    expect(read('network', 'ServiceSecurityGroup')['SecurityGroupIngress']).toMatchObject([
      { FromPort: port, ToPort: port },
    ])
  })

  it('check /readyz, and wait for the requests of a task that leaves for longer than it drains', () => {
    const target = read('service', 'TargetGroup')
    expect(target['HealthCheckPath']).toBe('/readyz')
    const delay = Number(
      readAttributes(target['TargetGroupAttributes'])['deregistration_delay.timeout_seconds'],
    )
    const [container] = read('service', 'TaskDefinition')['ContainerDefinitions'] as readonly [
      { readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[] },
    ]
    const drain = container.Environment.find(({ Name }) => Name === 'SHUTDOWN_DRAIN_SECONDS')?.Value
    // The most that a GraphQL request takes is REQUEST_SECONDS, 5 by default.
    expect(delay).toBeGreaterThanOrEqual(Number(drain) + 5)
  })

  it('append to X-Forwarded-For, of which the gateway reads the last entry, and close idle connections first', () => {
    const attributes = readAttributes(read('service', 'LoadBalancer')['LoadBalancerAttributes'])
    expect(attributes['routing.http.xff_header_processing.mode']).toBe('append')
    // The gateway closes them after 72 s.
    expect(Number(attributes['idle_timeout.timeout_seconds'])).toBeLessThan(72)
  })
})
