import { afterEach, beforeEach, expect, jest } from '@jest/globals'
import type { Hooks } from '../../../src/emulator/server.ts'
import { addresses, path } from '../../action/files.ts'
import { type Applied, type Step, startWorld, type World } from '../../action/world.ts'
import type { Changes } from '../../github/scenario/history.ts'
import type { MergeMethod } from '../../github/scenario/merge.ts'
import { type Brought, bring, cloudOf, commentOn, propose } from './path.ts'

/** A world for each test of a file, and what people do and see in it. */
export interface Stage {
  readonly world: World
  /** Opens a pull request of these files, and runs its plan. */
  readonly propose: (files: Changes | string) => Promise<{ readonly number: number; readonly planned: Step }>
  /** Merges a pull request, and runs the apply workflow for the push. */
  readonly land: (number: number, method?: MergeMethod) => Promise<Applied>
  /** Both. */
  readonly bring: (files: Changes | string) => Promise<Brought>
  /** The apply workflow, dispatched with these inputs. */
  readonly dispatch: (inputs: Readonly<Record<string, string>>, by?: string) => Promise<Applied>
  /** Names of the addresses in the project, as its owner sees them. */
  readonly addresses: () => Promise<readonly string[]>
  /** One that somebody else made by hand. */
  readonly reserve: (name: string, description?: string) => Promise<void>
  /** The one comment of a pull request; '' if there is none. */
  readonly comment: (number: number) => string
  /** The last state of each record, oldest first. */
  readonly records: () => readonly string[]
  /** Lets Google refuse to make an address of this name. */
  readonly exhaust: (name: string, times?: number) => void
  /** Google does what this method asks, and keeps its answer back; resolves once it was asked. */
  readonly silence: (method: string) => Promise<void>
  /** Google answers again. */
  readonly speak: () => void
}

/**
 * Sets the stage: a fresh world before each test, and after it a look at whether every request was one that GitHub
 * documents.
 */
export const stage = (options: Parameters<typeof startWorld>[0] = {}): Stage => {
  jest.setTimeout(180_000)
  let world: World | undefined
  const { hooks, ...silences } = silenced()
  const now = (): World => {
    if (world === undefined) throw new Error('The stage is set inside of tests only.')
    return world
  }
  beforeEach(async () => {
    world = await startWorld({ files: { 'README.md': 'Infra\n' }, cloud: { hooks }, ...options })
  })
  afterEach(async () => {
    expect(now().scenario.github.violations).toEqual([])
    silences.speak()
    await now().close()
  })
  return {
    ...people(now),
    ...sights(now),
    ...silences,
    get world() {
      return now()
    },
  }
}

/** Methods that Google does not answer for the time being. */
const silenced = () => {
  const silent = new Map<string, { readonly asked: () => void; readonly answer: Promise<void> }>()
  let answers: (() => void)[] = []
  const afterHandled: Hooks['afterHandled'] = ({ method }) => {
    const one = silent.get(method ?? '')
    one?.asked()
    return one?.answer
  }
  return {
    hooks: { afterHandled } satisfies Hooks,
    silence: (method: string) =>
      new Promise<void>(asked => {
        const answer = new Promise<void>(resolve => void answers.push(resolve))
        silent.set(method, { asked, answer })
      }),
    speak: () => {
      for (const answer of answers) answer()
      silent.clear()
      answers = []
    },
  }
}

const people = (world: () => World) => {
  const filesOf = (files: Changes | string): Changes =>
    typeof files === 'string' ? { [path]: files } : files
  return {
    propose: (files: Changes | string) => propose(world(), filesOf(files)),
    bring: (files: Changes | string) => bring(world(), filesOf(files)),
    land: (number: number, method: MergeMethod = 'squash') =>
      world().apply(world().scenario.merge(number, method)),
    dispatch: (inputs: Readonly<Record<string, string>>, by = 'alice') =>
      world().apply(world().scenario.dispatch(inputs, by), { inputs }),
  }
}

const sights = (world: () => World) => {
  const compute = (method: string, body?: object) =>
    fetch(
      `${world().cloud.endpoints.CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE}projects/acme-ml/regions/us-central1/addresses`,
      {
        method,
        headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
    )
  return {
    addresses: async () => {
      // A request lets the operations end whose time is up.
      await compute('GET')
      return cloudOf(world()).addresses
    },
    reserve: async (name: string, description?: string) => {
      await compute('POST', { name, networkTier: 'PREMIUM', ...(description && { description }) })
      await compute('GET')
    },
    comment: (number: number) => commentOn(world(), number),
    records: () =>
      [...world().scenario.github.state.deployments.values()]
        .filter(({ task }) => task === 'slipway')
        .map(({ statuses }) => statuses.at(-1)?.state ?? 'none'),
    exhaust: (name: string, times = 1) =>
      world().cloud.faults.add({
        match: ({ method, body }) =>
          method === 'compute.addresses.insert' && JSON.stringify(body ?? {}).includes(`"${name}"`),
        kind: 'operation-error',
        failure: { code: 'QUOTA_EXCEEDED', message: 'Quota IN_USE_ADDRESSES exceeded.' },
        times,
      }),
  }
}

/** The file of `staging` with these addresses. */
export const wanting = addresses
