import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AppliedWorld, startApplied } from './applied.ts'
import { alternating, type Measurement, type Row, showTime } from './measure.ts'
import { type Program, timeOf } from './process.ts'

const count = 26
const runs = 5
const latencies = [0, 40] as const
const names = Array.from({ length: count }, (_, index) => `r${index}`)

const values =
  '{ingress: {enabled: false}, ingress-nginx: {enabled: false}, rbac: {manageSystemComponents: false}}'

/** One cluster, a namespace for each release, and nothing else. */
const environment = (charts: string): string =>
  [
    ...['project: acme-ml', 'location: us-central1-a', 'services: [container]'],
    'cluster: {name: lab, mode: standard, channel: REGULAR}',
    'nodePools: {main: {machineType: e2-standard-8, nodes: 1}}',
    `namespaces: {${names.map(name => `${name}: {}`).join(', ')}}`,
    'releases:',
    ...names.map(
      name =>
        `  ${name}: {repository: "${charts}", chart: skypilot, version: 0.13.0, namespace: ${name}, values: ${values}}`,
    ),
    '',
  ].join('\n')

/** A plan of many releases that finds nothing to do, against the loop that people write over helm and diff. */
export const helmReleases: Measurement = {
  name: 'helm',
  rows: async () => {
    const applied = await startApplied(environment)
    const loop = await shellLoop(applied)
    const rows: Row[] = [await listsOf(applied)]
    for (const latency of latencies) {
      applied.setLatency(latency)
      const [theirs = 0, ours = 0] = await alternating(runs, [() => timeOf(loop), () => timeOf(applied.plan)])
      rows.push({
        what: `${count} releases, ${latency} ms a call`,
        value: `plan: ${showTime(ours)}`,
        against: `loop: ${showTime(theirs)}`,
        ratio: theirs / ours,
        aim: latency === 0 ? '' : '≥ 5',
      })
    }
    await applied.world.close()
    return rows
  },
}

/** How often one plan asks the cluster's API for objects. */
const listsOf = async ({ world, plan }: AppliedWorld): Promise<Row> => {
  const audit = () => world.cloud?.clusters.get('lab')?.audit ?? []
  const before = audit().length
  await timeOf(plan)
  const asked = audit().slice(before)
  const kinds = new Set(asked.map(({ resource }) => resource)).size
  return {
    what: `what the cluster is asked for ${count} releases`,
    value: `${asked.length} lists`,
    against: `${kinds} kinds`,
    ratio: asked.length / kinds,
    aim: 'one list a kind',
  }
}

/** `helm get manifest`, `helm template` and `diff` for each release; it ends with 0 only if nothing differs. */
const shellLoop = async ({ world, plan, path }: AppliedWorld): Promise<Program> => {
  const cwd = plan.cwd ?? '.'
  const cluster = world.cloud?.clusters.get('lab')
  const kubeconfig = join(cwd, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigOf(cluster?.url ?? '', cluster?.caCertificate ?? ''))
  const charts = world.cloud?.charts ?? ''
  await writeFile(join(cwd, 'values.yaml'), values)
  const script = `set -euo pipefail
helm repo add bench ${charts} >/dev/null 2>&1 || true
[ -f skypilot-0.13.0.tgz ] || helm pull bench/skypilot --version 0.13.0
for name in ${names.join(' ')}; do
  helm get manifest "$name" --namespace "$name" > live.yaml
  helm template "$name" skypilot-0.13.0.tgz --namespace "$name" --values values.yaml --is-upgrade > wanted.yaml
  diff -wB live.yaml wanted.yaml
done
`
  await writeFile(join(cwd, 'loop.sh'), script)
  return {
    command: 'bash',
    arguments: ['loop.sh'],
    cwd,
    env: { PATH: path, HOME: cwd, KUBECONFIG: kubeconfig },
  }
}

const kubeconfigOf = (server: string, authority: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    clusters: [
      {
        name: 'lab',
        cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
      },
    ],
    users: [{ name: 'applier', user: { token: 'applier' } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'applier' } }],
  })
