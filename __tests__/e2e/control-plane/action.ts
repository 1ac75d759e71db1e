import { delimiter, dirname } from 'node:path'
import { findHelm } from '../../../src/helm/find.ts'
import { type Applied, applier, planner, type Step, startWorld, type World } from '../../action/world.ts'
import type { GitHubEvent } from '../../github/scenario/events.ts'
import { type Grounds, startGrounds } from './grounds.ts'
import { startReviewer } from './reviewer.ts'
import type { Shared } from './suite.ts'

/** The bundled action in the jobs of the shipped workflows, on a real control plane. */
export interface ActionWorld extends Shared, Pick<Grounds, 'plane' | 'charts'> {
  readonly world: World
  /** Opens a pull request that writes the file, and plans it; gives its number and the job. */
  propose(
    text: string,
  ): Promise<{ readonly number: number; readonly planned: Step; readonly comment: string }>
  /** Merges it and applies; gives the jobs and the comment as it is then. */
  merge(number: number): Promise<Applied & { readonly comment: string }>
}

const path = 'environments/staging.yaml'

/** Starts everything. The tokens are those that the emulated Google gives the jobs; the API server asks it for them. */
export const startActionWorld = async (): Promise<ActionWorld> => {
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
  })
  const world = await actionOn(grounds)
  late.world = world
  const said: string[] = []
  return {
    ...{ world, said, google: world.cloud, plane: grounds.plane, charts: grounds.charts },
    ...steps(world, said),
    close: async () => {
      await world.close()
      await grounds.close()
      await reviewer.close()
    },
  }
}

const actionOn = async ({ plane, environment }: Grounds): Promise<World> => {
  const helm = await findHelm({ environment: process.env, progress: () => undefined })
  const caCertificateBase64 = Buffer.from(plane.authority).toString('base64')
  const world = await startWorld({
    files: { 'README.md': 'Infra\n' },
    env: { ...environment, PATH: `${dirname(helm)}${delimiter}${process.env.PATH ?? ''}` },
    cloud: {
      speed: 1_000,
      startKubernetes: async () => ({ endpoint: plane.endpoint, caCertificateBase64 }),
      stopKubernetes: async () => undefined,
    },
  })
  for (const role of ['planner', 'applier']) world.cloud.seed().serviceAccount(`slipway-${role}`)
  return world
}

const steps = (world: World, said: string[]): Pick<ActionWorld, 'propose' | 'merge'> => {
  const { scenario } = world
  const last = (number: number): string => world.comments(number).at(-1) ?? ''
  const hear = (number: number, jobs: readonly (Step | undefined)[]): void => {
    for (const job of jobs) if (job !== undefined) said.push(job.log, job.summary)
    said.push(last(number))
  }
  let number = 0
  return {
    propose: async text => {
      number++
      scenario.openPull({ branch: `change-${number}`, files: { [path]: text } })
      const planned = await world.plan(scenario.pullEvent(number))
      hear(number, [planned])
      return { number, planned, comment: last(number) }
    },
    merge: async pull => {
      const event: GitHubEvent = scenario.merge(pull, 'squash')
      const applied = await world.apply(event)
      hear(pull, [applied.select, ...applied.applies, applied.report])
      return { ...applied, comment: last(pull) }
    },
  }
}
