import { loadEnvironments } from '../src/commands/load.ts'
import { identitiesOf } from '../src/commands/snapshot.ts'
import { makePlan } from '../src/core/make-plan.ts'
import type { Observed, Resource } from '../src/core/resource.ts'
import { kindsByName } from '../src/kinds/registry.ts'

/** A short file, as most are; each in a project of its own, so that names may repeat. */
const textOf = (index: number, tier: string): string =>
  `app: skypilot\nproject: acme-ml-${index}\nlocation: us-central1\nstate: cloudsql\ndatabase: {tier: ${tier}}\nnodePools: {default: {autoscaling: {max: 5}}}\n`

const read = (count: number, tier: string) => {
  const files = Array.from({ length: count }, (_, index) => ({
    path: `environments/e${index}.yaml`,
    text: textOf(index, tier),
  }))
  const { subjects, failures } = loadEnvironments(files, () => 'applier@acme-ml.iam.gserviceaccount.com')
  if (failures.length > 0) throw new Error(JSON.stringify(failures[0]))
  return subjects
}

const asObserved = ({ address, spec }: Resource): readonly [string, Observed] => [
  address,
  { state: 'present', spec, outputs: {} },
]

const count = Number(process.argv[2])
const started = performance.now()
const wanted = read(count, 'db-custom-4-15360')
const before = read(count, 'db-custom-2-7680')
const elsewhere = identitiesOf(wanted)
let changes = 0
for (const [index, subject] of wanted.entries()) {
  const { name: environment, project, file, resources: desired, deletable, notes } = subject
  const resources = before[index]?.resources ?? []
  const plan = makePlan({
    ...{ environment, project, file, engine: '0', desired, deletable, notes },
    kinds: kindsByName,
    observed: new Map(resources.map(asObserved)),
    baseline: new Map(resources.map(resource => [resource.address, resource])),
    gone: resources
      .filter(({ identity }) => !elsewhere.has(identity))
      .map(resource => ({ resource, was: resource.address, observed: { state: 'absent' } })),
  })
  changes += plan.steps.flatMap(step => step.changes).length
}
if (changes < count) throw new Error(`only ${changes} changes were found`)
process.stdout.write(
  JSON.stringify({
    milliseconds: performance.now() - started,
    memory: process.resourceUsage().maxRSS * 1024,
  }),
)
