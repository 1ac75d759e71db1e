import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { findHelm } from '../../../src/helm/find.ts'
import { type Applied, applier, planner, type Step, startWorld, type World } from '../../action/world.ts'
import type { GitHubEvent } from '../../github/scenario/events.ts'
import { type Grounds, type GroundsOptions, startGrounds } from './grounds.ts'
import { startReviewer } from './reviewer.ts'
import type { Shared } from './suite.ts'
import { sharedCluster } from './world.ts'

/** Texts of environment files by the names of the environments; one text alone is that of `staging`. */
export type Texts = string | Readonly<Record<string, string>>

/** A pull request, its plan job and the comment that it wrote. */
export interface Proposed {
  readonly number: number
  readonly planned: Step
  readonly comment: string
}

/** What the apply workflow's jobs did, and what the pull request's comment says since. */
export type Merged = Applied & { readonly comment: string }

/** The bundled action in the jobs of the shipped workflows, on a real control plane. */
export interface ActionWorld extends Shared, Pick<Grounds, 'plane' | 'charts'> {
  readonly world: World
  /** A temporary folder of these tests. */
  readonly folder: string
  /** Opens a pull request that writes the files, and plans it. */
  propose(texts: Texts): Promise<Proposed>
  /** Pushes another commit to it, and plans again. */
  push(number: number, texts: Texts): Promise<Proposed>
  /** Merges it and applies, all environments at the same time. */
  merge(number: number): Promise<Merged>
  /** Dispatches the apply workflow; gives the comment of the pull request that it concerns. */
  dispatch(inputs: Readonly<Record<string, string>>, number: number): Promise<Merged>
}

/** How such a world is started. */
export interface ActionWorldOptions extends Pick<GroundsOptions, 'webhooks'> {
  /** Names of its environments, each of which has a GitHub environment. */
  readonly environments?: readonly string[]
}

/** Starts everything. The tokens are those that the emulated Google gives the jobs; the API server asks it for them. */
export const startActionWorld = async ({
  environments,
  ...options
}: ActionWorldOptions = {}): Promise<ActionWorld> => {
  const late: { world?: World } = {}
  const reviewer = await startReviewer(
    token => late.world?.cloud.identities.authenticate(`Bearer ${token}`)?.email,
  )
  const account = (email: string) => ({ email, token: `unused-${email}` })
  const grounds = await startGrounds({
    planner: account(planner),
    applier: account(applier),
    limited: account('limited@example.com'),
    reviewer: reviewer.url,
    ...options,
  })
  const world = await actionOn(grounds, environments)
  late.world = world
  const said: string[] = []
  const folder = await mkdtemp(join(tmpdir(), 'slipway-e2e-'))
  return {
    ...{ world, folder, said, google: world.cloud, plane: grounds.plane, charts: grounds.charts },
    ...steps(world, said),
    close: async () => {
      await world.close()
      await grounds.close()
      await reviewer.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const actionOn = async (
  { plane, environment }: Grounds,
  environments: readonly string[] = ['staging'],
): Promise<World> => {
  const helm = await findHelm({ environment: process.env, progress: () => undefined })
  const caCertificateBase64 = Buffer.from(plane.authority).toString('base64')
  const world = await startWorld({
    files: { 'README.md': 'Infra\n' },
    environments,
    env: { ...environment, PATH: `${dirname(helm)}${delimiter}${process.env.PATH ?? ''}` },
    cloud: {
      speed: 1_000,
      startKubernetes: async () => ({ endpoint: plane.endpoint, caCertificateBase64 }),
      stopKubernetes: async () => undefined,
    },
  })
  const seed = world.cloud.seed()
  for (const role of ['planner', 'applier']) seed.serviceAccount(`slipway-${role}`)
  seed.enable('container', 'secretmanager')
  await seed.cluster('us-central1', sharedCluster, { initialNodeCount: 1 })
  return world
}

const filesOf = (texts: Texts): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(typeof texts === 'string' ? { staging: texts } : texts).map(([name, text]) => [
      `environments/${name}.yaml`,
      text,
    ]),
  )

type Steps = Pick<ActionWorld, 'propose' | 'push' | 'merge' | 'dispatch'>

const steps = (world: World, said: string[]): Steps => {
  const { scenario } = world
  const last = (number: number): string => world.comments(number).at(-1) ?? ''
  const hear = (number: number, jobs: readonly (Step | undefined)[]): string => {
    for (const job of jobs)
      if (job !== undefined) said.push(job.log, job.summary, JSON.stringify(job.annotations))
    said.push(last(number))
    return last(number)
  }
  const plan = async (number: number, event: GitHubEvent): Promise<Proposed> => {
    const planned = await world.plan(event)
    return { number, planned, comment: hear(number, [planned]) }
  }
  const heard = (number: number, applied: Applied): Merged => {
    const jobs = [applied.select, ...applied.applies, applied.report]
    return { ...applied, comment: hear(number, jobs) }
  }
  let number = 0
  return {
    propose: texts => {
      number++
      scenario.openPull({ branch: `change-${number}`, files: filesOf(texts) })
      return plan(number, scenario.pullEvent(number))
    },
    push: (pull, texts) => plan(pull, scenario.pushToPull(pull, filesOf(texts))),
    merge: async pull => heard(pull, await world.apply(scenario.merge(pull, 'squash'), { abreast: true })),
    dispatch: async (inputs, pull) => heard(pull, await world.apply(scenario.dispatch(inputs), { inputs })),
  }
}
