import type { Applied, JobRequest, Step, World } from '../../action/world.ts'
import type { Changes } from '../../github/scenario/history.ts'

/** A pull request that went all the way. */
export interface Brought {
  readonly number: number
  readonly planned: Step
  readonly applied: Applied
  /** How its apply jobs ended. */
  readonly ended: readonly string[]
}

/** Opens a pull request of these files and plans it. */
export const propose = async (
  world: World,
  files: Changes,
  request: JobRequest = {},
): Promise<{ readonly number: number; readonly planned: Step }> => {
  const { scenario } = world
  const branch = `b${scenario.github.state.pulls.size + 1}`
  const { number } = scenario.openPull({ branch, files })
  return { number, planned: await world.plan(scenario.pullEvent(number), request) }
}

/** The same, merged and applied. */
export const bring = async (world: World, files: Changes, request: JobRequest = {}): Promise<Brought> => {
  const proposed = await propose(world, files, request)
  const applied = await world.apply(world.scenario.merge(proposed.number, 'squash'), request)
  return { ...proposed, applied, ended: endings(applied) }
}

/** How the apply jobs of a run ended. */
export const endings = ({ applies }: Applied): readonly string[] => applies.map(one => one.conclusion)

/** What a plan run counted, without what is none. */
export const counts = ({ outputs }: Step): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(JSON.parse(outputs.counts ?? '{}') as Record<string, number>).filter(([, n]) => n > 0),
  )

/** What annotations say, one after another. */
export const said = ({ annotations }: Step): string => annotations.map(({ message }) => message).join('\n')

/** Slipway's comment on a pull request, '' if there is none. */
export const commentOn = (world: World, number: number): string =>
  world.comments(number).find(body => body.startsWith('<!-- slipway:plan')) ?? ''

/** The project as its owner finds it. */
export const projectOf = ({ cloud }: World, id = 'acme-ml') => {
  const project = cloud.state.find(id)
  if (project === undefined) throw new Error(`There is no project ${id}.`)
  return project
}

/** Names of what is in a project. */
export const cloudOf = (world: World, id?: string) => {
  const { addresses, serviceAccounts, policy } = projectOf(world, id)
  const name = (key: string): string => key.split('/').at(-1) ?? key
  return {
    addresses: [...addresses.keys()].map(name).sort(),
    accounts: [...serviceAccounts.keys()].map(email => email.split('@')[0] ?? '').sort(),
    grants: policy.bindings
      .flatMap(({ role, members }) => members.map(member => `${role} ${member}`))
      .filter(grant => !grant.includes('slipway-') && !grant.includes('service-agents'))
      .sort(),
  }
}

/** Every request that changed something at Google, exchanges of tokens aside. */
export const writes = ({ cloud }: World) =>
  cloud.requests.all.filter(
    ({ httpMethod, path }) =>
      httpMethod !== 'GET' && !/:(getIamPolicy|generateAccessToken|testIamPermissions)$|\/token$/.test(path),
  )

/** Somebody changes something at Google by hand, as the owner; `api` as in the names of gcloud's endpoint overrides. */
export const byHand = async (
  { cloud }: World,
  api: 'COMPUTE' | 'CONTAINER' | 'IAM' | 'SQL',
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<void> => {
  const base = cloud.endpoints[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api}`] ?? ''
  const response = await fetch(`${base}${path.replace(/^\//, '')}`, {
    method,
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  await cloud.finish()
}
