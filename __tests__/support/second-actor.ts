import type { Plan } from '../../src/core/plan.ts'
import { isObject, type Json, type JsonObject } from '../../src/emulator/json.ts'
import type { Project } from '../../src/emulator/store.ts'
import { converge, type Verdict } from './converge.ts'
import { type Document, textOf } from './environments.ts'
import { project, startWorld, type World } from './world.ts'

/** Something that a person does in the console between plan and apply. */
interface Meddling {
  /** The resource and the setting, as a plan names them; `path` '' stands for its being there at all. */
  readonly address: string
  readonly path: string
  readonly read: (project: Project) => Json | undefined
  readonly act: (project: Project) => void
}

const at = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)

const withAt = (value: JsonObject, [key = '', ...rest]: readonly string[], to: Json): JsonObject => {
  const inner = value[key]
  return { ...value, [key]: rest.length === 0 ? to : withAt(isObject(inner) ? inner : {}, rest, to) }
}

/** Sets one member of a resource that is there, under a new etag. */
const setting = (
  address: string,
  path: string,
  find: (project: Project) => { resource: JsonObject } | undefined,
  member: readonly string[],
  to: Json,
): Meddling => ({
  address,
  path,
  read: state => at(find(state)?.resource, member),
  act: state => {
    const found = find(state)
    if (found !== undefined) found.resource = withAt(found.resource, member, to)
  },
})

const instance = (state: Project) => state.sqlInstances.get('lab-main')
const account = (id: string) => (state: Project) =>
  state.serviceAccounts.get(`${id}@${project}.iam.gserviceaccount.com`)
const secret = (state: Project) => state.secrets.get('lab-db')

/** A holder over a map of plain resources, so that they can be set like the others. */
const inMap = (pick: (state: Project) => Map<string, JsonObject>, key: string) => (state: Project) => {
  const all = pick(state)
  const found = all.get(key)
  if (found === undefined) return undefined
  return {
    get resource() {
      return all.get(key) ?? found
    },
    set resource(value: JsonObject) {
      all.set(key, value)
    },
  }
}

const cluster = inMap(state => state.clusters, 'us-central1-a/lab')
const web = inMap(state => state.addresses, 'regions/us-central1/lab-web')

const gone = (address: string, remove: (state: Project) => void, read: Meddling['read']): Meddling => ({
  address,
  path: '',
  act: remove,
  read,
})

const meddlings: readonly Meddling[] = [
  setting('sql-instance/lab', 'tier', instance, ['settings', 'tier'], 'db-custom-8-30720'),
  setting(
    'sql-instance/lab',
    'sslMode',
    instance,
    ['settings', 'ipConfiguration', 'sslMode'],
    'TRUSTED_CLIENT_CERTIFICATE_REQUIRED',
  ),
  setting('sql-instance/lab', 'diskGb', instance, ['settings', 'dataDiskSizeGb'], '4000'),
  setting('sql-instance/lab', 'labels.team', instance, ['settings', 'userLabels', 'team'], 'meddled'),
  setting('sql-instance/lab', 'labels.foreign', instance, ['settings', 'userLabels', 'foreign'], 'kept'),
  setting(
    'sql-instance/lab',
    'deletionProtection',
    instance,
    ['settings', 'deletionProtectionEnabled'],
    true,
  ),
  setting('service-account/server', 'displayName', account('lab-server'), ['displayName'], 'meddled'),
  setting('service-account/other', 'disabled', account('lab-other'), ['disabled'], true),
  setting('secret/db', 'labels.cost', secret, ['labels', 'cost'], 'meddled'),
  setting('cluster/lab', 'labels.team', cluster, ['resourceLabels', 'team'], 'meddled'),
  setting('cluster/lab', 'labels.foreign', cluster, ['resourceLabels', 'foreign'], 'kept'),
  setting(
    'cluster/lab',
    'autoscalingProfile',
    cluster,
    ['autoscaling', 'autoscalingProfile'],
    'OPTIMIZE_UTILIZATION',
  ),
  setting('cluster/lab', 'mark', cluster, ['resourceLabels', 'slipway-environment'], 'somebody'),
  setting('address/web', 'labels.cost', web, ['labels', 'cost'], 'meddled'),
  gone(
    'address/web',
    state => void state.addresses.delete('regions/us-central1/lab-web'),
    state => state.addresses.get('regions/us-central1/lab-web')?.name,
  ),
  gone(
    'sql-database/sky',
    state => void instance(state)?.databases.delete('sky'),
    state => instance(state)?.databases.get('sky')?.name,
  ),
  gone(
    'grant',
    state => {
      state.policy = {
        ...state.policy,
        bindings: [{ role: 'roles/viewer', members: ['user:foreign@acme.com'] }],
      }
    },
    state => state.policy.bindings.flatMap(({ members }) => members).includes('user:foreign@acme.com'),
  ),
]

/** How many things there are to meddle with. */
export const meddlingCount = meddlings.length

/**
 * Law 5: applies `from`, has the step to `to` reviewed, meddles, and applies. Either nothing is written, or what was
 * meddled with stays as it was left unless a reviewed step names it.
 */
export const meddledBetween = async (
  [from, to]: readonly [Document, Document],
  chosen: readonly number[],
): Promise<Verdict> => {
  const world = await startWorld()
  try {
    if ((await converge(world, from)) !== 'held') return { unusable: 'the first one' }
    const text = textOf(to)
    const reviewed = await world.plan(text).catch(() => undefined)
    if (reviewed === undefined || reviewed.problems.length > 0) return { unusable: 'no plan to review' }
    await world.google.finish()
    const state = world.google.state.find(project)
    if (state === undefined) throw new Error('no project')
    const done = chosen.flatMap(index => meddlings[index] ?? []).filter(one => one.read(state) !== undefined)
    for (const { act } of done) act(state)
    return await applyMeddled(world, text, reviewed, done, state)
  } finally {
    await world.close()
  }
}

const applyMeddled = async (
  world: World,
  text: string,
  reviewed: Plan,
  done: readonly Meddling[],
  state: Project,
): Promise<Verdict> => {
  const left = done.map(one => JSON.stringify(one.read(state)))
  const before = JSON.stringify(await world.everything())
  const applied = await world.apply(text, reviewed)
  if (applied.ended === 'refused') {
    if (JSON.stringify(await world.everything()) !== before) throw new Error('a refused apply wrote')
    return 'refused'
  }
  const overrun = done.filter(
    (one, index) => JSON.stringify(one.read(state)) !== left[index] && !isReviewed(reviewed, one),
  )
  if (overrun.length > 0)
    throw new Error(`nobody reviewed ${overrun.map(({ address, path }) => `${address} ${path}`).join(', ')}`)
  const strange = applied.plan.steps.filter(
    ({ address, action }) => action !== 'settle' && !reviewed.steps.some(step => step.address === address),
  )
  if (strange.length > 0)
    throw new Error(`not among the reviewed steps: ${strange.map(({ address }) => address).join(', ')}`)
  return 'held'
}

const isReviewed = ({ steps }: Plan, { address, path }: Meddling): boolean =>
  steps.some(
    step =>
      step.address === address &&
      (step.action === 'create' ||
        step.action === 'remove' ||
        step.changes.some(change => change.path.join('.') === path)),
  )
