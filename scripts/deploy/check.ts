import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installTools } from '../install-tools.ts'
import { checkCloudFormation } from './check-cloudformation.ts'
import { checkCompose } from './check-compose.ts'
import { checkDockerfile } from './check-dockerfile.ts'
import { checkKubernetes, parseManifests } from './check-kubernetes.ts'
import { DEPLOY_TOOLS, ROOT } from './tools.ts'

// `npm run deploy:check`: validates deploy/ without a container engine, a cluster or an account of AWS.

await installTools(DEPLOY_TOOLS)
const deploy = join(ROOT, 'deploy')
const listFiles = (folder: string) =>
  readdirSync(join(deploy, folder)).map((name) => join(deploy, folder, name))
const manifests = listFiles('kubernetes')
  .filter((file) => !file.endsWith('kustomization.yaml'))
  .flatMap((file) => parseManifests(readFileSync(file, 'utf8')))
const results = [
  ['deploy/Dockerfile', checkDockerfile(join(deploy, 'Dockerfile'))],
  ['deploy/compose.yaml', checkCompose(join(deploy, 'compose.yaml'))],
  [`deploy/kubernetes (${manifests.length} objects)`, checkKubernetes(manifests)],
  ...[...checkCloudFormation(listFiles('aws'))].map(
    ([file, problems]) => [file.slice(ROOT.length + 1), problems] as const,
  ),
] as const
for (const [name, problems] of results) {
  console.log(`${problems.length === 0 ? 'ok     ' : 'failure'}  ${name}`)
  for (const problem of problems) console.log(`         ${problem}`)
}
if (results.some(([, problems]) => problems.length > 0)) process.exitCode = 1
