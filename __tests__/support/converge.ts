import type { ExecutionEvent } from '../../src/commands/execute.ts'
import { isEmpty, type Plan } from '../../src/core/plan.ts'
import { ProblemsError } from '../../src/core/problem.ts'
import { assertUnseen, canaryTokens } from './canaries.ts'
import { charts } from './environment-releases.ts'
import { type Document, textOf } from './environments.ts'
import { foreignState, foreignTo, makeForeign, usedBy } from './foreign.ts'
import { pathWith } from './helm.ts'
import { mustBeDone } from './kill.ts'
import { countKinds } from './kinds-drawn.ts'
import { startWorld, type World } from './world.ts'

/** What a run of a property came to. `unusable`: the file itself has problems, so there was nothing to prove. */
export type Verdict = 'held' | 'refused' | { readonly unusable: string }

/** What helm is found with, and the value that drawn files take from the runner. */
const run = (helm: string | undefined) => ({
  ...(helm === undefined ? {} : { env: { PATH: pathWith(helm) } }),
  values: { LAB_LOGIN: 'jo:canary-of-a-value-0077' },
})

/** A plan, or why the file cannot be used. */
const planOf = async (
  world: World,
  text: string,
  helm: string | undefined,
): Promise<Plan | { readonly unusable: string }> => {
  try {
    return await world.plan(text, run(helm))
  } catch (error) {
    if (error instanceof ProblemsError)
      return { unusable: error.problems.map(({ message }) => message).join('; ') }
    throw error
  }
}

/** Plans and applies, and throws unless the next plan is empty. A plan with problems changes nothing. */
export const converge = async (world: World, document: Document, helm?: string): Promise<Verdict> => {
  const done = await converged(world, document, helm)
  return done === 'idle' ? 'held' : done
}

/** The same; says where there was nothing to do. */
const converged = async (
  world: World,
  document: Document,
  helm: string | undefined,
): Promise<Verdict | 'idle'> => {
  const text = textOf(document).replaceAll(charts, world.cloud?.charts ?? charts)
  const plan = await planOf(world, text, helm)
  if ('unusable' in plan) return plan
  if (plan.problems.length > 0) return refusedWhole(world, text, plan, helm)
  const events: ExecutionEvent[] = []
  const foreign = foreignState(world, usedBy(document))
  const onEvent = (event: ExecutionEvent) => void events.push(event)
  const applied = await world.apply(text, plan, { ...run(helm), onEvent })
  mustBeDone(applied)
  assertUnseen(world, plan, applied, events)
  const after = foreignState(world, usedBy(document))
  if (after !== foreign) throw new Error(`somebody else’s was changed: from ${foreign} to ${after}`)
  const left = await world.plan(text, run(helm))
  if (!isEmpty(left)) throw new Error(`the next plan is not empty: ${said(left)}`)
  countKinds(plan, document)
  return isEmpty(plan) ? 'idle' : 'held'
}

/** A plan with problems is refused before its first write. */
const refusedWhole = async (
  world: World,
  text: string,
  plan: Plan,
  helm: string | undefined,
): Promise<Verdict> => {
  const nameless = plan.problems.filter(({ message, advice }) => message === '' || advice === undefined)
  if (nameless.length > 0) throw new Error(`a refusal without advice: ${JSON.stringify(nameless)}`)
  if (process.env.SLIPWAY_SHOW_UNUSABLE === '1')
    process.stdout.write(`refused: ${plan.problems.map(({ message }) => message).join(' | ')}\n`)
  const before = JSON.stringify(await world.everything())
  const applied = await world.apply(text, plan, run(helm))
  if (applied.ended !== 'refused') throw new Error(`a plan with problems was applied: ${said(plan)}`)
  if (JSON.stringify(await world.everything()) !== before) throw new Error('a refused apply wrote')
  return 'refused'
}

const said = ({ steps, problems }: Plan): string => JSON.stringify({ steps, problems }, null, 1)

/** A world in which these files can be applied: with what they use, and with a Kubernetes API where one needs it. */
const worldFor = async (documents: readonly Document[], chartFolder: string | undefined): Promise<World> => {
  const kubernetes = documents.some(needsCluster)
  const world = await startWorld({
    tokens: canaryTokens,
    ...(kubernetes ? { kubernetes, ...(chartFolder === undefined ? {} : { chartFolder }) } : {}),
  })
  await makeForeign(world, foreignTo(documents))
  return world
}

/** True if a file has something inside a cluster. */
export const needsCluster = ({ namespaces }: Document): boolean => namespaces !== undefined

/** With the emulated cluster's address alone: its DNS name leads nowhere. */
const reachable = (document: Document): Document => {
  const { cluster } = document as { readonly cluster?: { readonly dnsEndpoint?: boolean } }
  return cluster?.dnsEndpoint === true
    ? { ...document, cluster: { ...cluster, dnsEndpoint: false } }
    : document
}

/** What releases are made with. */
export interface Tools {
  readonly helm: string
  readonly chartFolder: string
}

/** Applies one file after another; the verdict is that of the last one, which must have something to do. */
export const journey = async (documents: readonly Document[], tools?: Tools): Promise<Verdict> => {
  const world = await worldFor(documents, tools?.chartFolder)
  try {
    let verdict: Verdict | 'idle' = 'idle'
    const inClusters = documents.some(needsCluster)
    for (const [index, document] of documents.entries()) {
      verdict = await converged(world, inClusters ? reachable(document) : document, tools?.helm)
      if (verdict === 'refused' && index < documents.length - 1) return { unusable: 'an earlier one' }
      if (typeof verdict === 'object') return verdict
    }
    return verdict === 'idle' ? { unusable: 'nothing to do' } : verdict
  } finally {
    await world.close()
  }
}
