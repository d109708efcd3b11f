import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkKubernetes, parseManifests, type Manifest } from '../../scripts/deploy/check-kubernetes.ts'
import { DEPLOY_TOOLS, ROOT } from '../../scripts/deploy/tools.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { findBinary } from '../support/servers/find-binary.ts'
import { describeWithTools } from '../support/tools.ts'
import { kubernetesDeployment, readDeploy } from './environments.ts'

const FOLDER = join(ROOT, 'deploy/kubernetes')
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string
}

interface Kustomization {
  readonly namespace: string
  readonly resources: readonly string[]
  readonly images: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[]
}
const kustomization = parse(readDeploy('kubernetes/kustomization.yaml')) as Kustomization
const manifests = kustomization.resources.flatMap((name) => parseManifests(readDeploy(`kubernetes/${name}`)))

/** A value at a path of an object; undefined where there is none. */
function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined,
    value,
  )
}
function find(kind: string): Manifest {
  const manifest = manifests.find((each) => each.kind === kind)
  if (!manifest) throw new Error(`no ${kind}`)
  return manifest
}
const pod = (...path: readonly (string | number)[]) =>
  dig(find('Deployment'), 'spec', 'template', 'spec', ...path)
const container = (...path: readonly (string | number)[]) => pod('containers', 0, ...path)

describe('deploy/kubernetes', () => {
  it('lists every file in its kustomization', () => {
    const files = readdirSync(FOLDER).filter((name) => name !== 'kustomization.yaml')
    expect([...kustomization.resources].sort()).toEqual(files.sort())
  })

  it('has probes, a disruption budget, an autoscaler and a network policy for the pods of the deployment', () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      ...['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'Ingress', 'Namespace', 'NetworkPolicy'],
      ...['PodDisruptionBudget', 'Service', 'ServiceAccount'],
    ])
    const labels = dig(find('Deployment'), 'spec', 'template', 'metadata', 'labels')
    expect(dig(find('Deployment'), 'spec', 'selector', 'matchLabels')).toEqual(labels)
    expect(dig(find('Service'), 'spec', 'selector')).toEqual(labels)
    expect(dig(find('PodDisruptionBudget'), 'spec', 'selector', 'matchLabels')).toEqual(labels)
    expect(dig(find('NetworkPolicy'), 'spec', 'podSelector', 'matchLabels')).toEqual(labels)
    expect(dig(find('HorizontalPodAutoscaler'), 'spec', 'scaleTargetRef', 'name')).toBe('gateway')
    expect(dig(find('Deployment'), 'spec', 'replicas')).toBeUndefined()
    const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) =>
      container(probe, 'httpGet', 'path'),
    )
    expect(paths).toEqual(['/livez', '/livez', '/readyz'])
  })

  it('confines the pod as the profile "restricted" of its namespace requires, with a read-only root', () => {
    expect(find('Namespace').metadata).toMatchObject({
      name: kustomization.namespace,
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    })
    expect(pod('securityContext')).toMatchObject({
      ...{ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    })
    expect(container('securityContext')).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    })
    expect(pod('automountServiceAccountToken')).toBe(false)
  })

  it('mounts secrets as files, where the gateway looks for them', () => {
    const mounts = container('volumeMounts') as readonly { name: string; mountPath: string }[]
    const path = mounts.find(({ name }) => name === 'secrets')?.mountPath ?? ''
    const env = container('env') as readonly { name: string; value: string }[]
    expect(env.map(({ name }) => name).filter((name) => !name.endsWith('_FILE'))).toEqual([])
    expect(env.filter(({ value }) => !value.startsWith(`${path}/`))).toEqual([])
    expect(pod('volumes', 0, 'secret')).toEqual({ secretName: 'gateway', defaultMode: 0o440 })
    // The page creates the Secret with the same keys.
    const page = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8')
    const created = [...page.matchAll(/--from-file=([\w-]+)/g)].map(([, key]) => key ?? '')
    expect(created.sort()).toEqual(env.map(({ value }) => value.slice(path.length + 1)).sort())
  })

  it('uses one port of the gateway everywhere, and one of its metrics', () => {
    const { variables } = kubernetesDeployment()
    expect(container('ports')).toEqual([
      { name: 'http', containerPort: Number(variables['PORT']) },
      { name: 'metrics', containerPort: Number(variables['METRICS_PORT']) },
    ])
    expect(dig(find('Service'), 'spec', 'ports', 0, 'targetPort')).toBe('http')
    const [requests, metrics] = dig(find('NetworkPolicy'), 'spec', 'ingress') as readonly { ports: unknown }[]
    expect([requests?.ports, metrics?.ports]).toEqual([[{ port: 'http' }], [{ port: 'metrics' }]])
  })

  it('states no more nodes in the autoscaler than in INSTANCES, and the host of PUBLIC_URL in the ingress', () => {
    const { variables } = kubernetesDeployment()
    const most = dig(find('HorizontalPodAutoscaler'), 'spec', 'maxReplicas')
    expect(most).toBe(Number(variables['INSTANCES']))
    const host = new URL(variables['PUBLIC_URL'] ?? '').host
    expect(dig(find('Ingress'), 'spec', 'rules', 0, 'host')).toBe(host)
    expect(dig(find('Ingress'), 'spec', 'tls', 0, 'hosts')).toEqual([host])
  })
})

describeWithTools(
  'the objects of deploy/kubernetes',
  () => {
    it('are valid by the schemas and types of Kubernetes, which find unknown and wrong fields of others', () => {
      const broken = (file: string, field: string, replacement: string) =>
        parseManifests(
          readDeploy(`kubernetes/${file}.yaml`)
            .replace('name: gateway', 'name: broken')
            .replace(field, replacement),
        )
      // In one call, because compiling the types takes seconds.
      const problems = checkKubernetes([
        ...manifests,
        ...broken('deployment', 'readinessProbe:', 'readynessProbe:'),
        ...broken('horizontal-pod-autoscaler', 'maxReplicas: 6', "maxReplicas: 'six'"),
        ...broken('pod-disruption-budget', 'kind: PodDisruptionBudget', 'kind: Budget'),
      ])
      expect(problems.filter((problem) => !problem.includes(' broken: '))).toEqual([])
      const text = problems.join('\n')
      expect(text).toMatch(/Deployment broken: .*readynessProbe/)
      expect(text).toMatch(/HorizontalPodAutoscaler broken: .*maxReplicas/)
      expect(text).toMatch(/Budget broken: /)
    })
  },
  DEPLOY_TOOLS,
)

describeWith(['kubectl'], 'kubectl kustomize deploy/kubernetes', () => {
  it('puts every object into the namespace, and names the image of this version', () => {
    const output = execFileSync(findBinary('kubectl') ?? '', ['kustomize', FOLDER], {
      env: { ...process.env, KUBECONFIG: '/dev/null' },
    }).toString()
    const rendered = parseManifests(output)
    expect(rendered).toHaveLength(manifests.length)
    const namespaced = rendered.filter(({ kind }) => kind !== 'Namespace')
    expect(new Set(namespaced.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['auth']))
    const deployment = rendered.find(({ kind }) => kind === 'Deployment')
    const [image] = kustomization.images
    expect(dig(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image')).toBe(
      `${image?.newName}:${image?.newTag}`,
    )
    expect(image?.newTag).toBe(version)
  })
})
