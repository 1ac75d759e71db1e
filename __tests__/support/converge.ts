import type { ExecutionEvent } from '../../src/commands/execute.ts'
import { isEmpty, type Plan } from '../../src/core/plan.ts'
import { ProblemsError } from '../../src/core/problem.ts'
import { assertUnseen, canaryTokens } from './canaries.ts'
import { type Document, textOf } from './environments.ts'
import { mustBeDone } from './kill.ts'
import { startWorld, type World } from './world.ts'

/** What a run of a property came to. `unusable`: the file itself has problems, so there was nothing to prove. */
export type Verdict = 'held' | 'refused' | { readonly unusable: string }

/** A plan, or why the file cannot be used. */
const planOf = async (world: World, text: string): Promise<Plan | { readonly unusable: string }> => {
  try {
    return await world.plan(text)
  } catch (error) {
    if (error instanceof ProblemsError)
      return { unusable: error.problems.map(({ message }) => message).join('; ') }
    throw error
  }
}

/** Plans and applies, and throws unless the next plan is empty. A plan with problems changes nothing. */
export const converge = async (world: World, document: Document): Promise<Verdict> => {
  const text = textOf(document)
  const plan = await planOf(world, text)
  if ('unusable' in plan) return plan
  if (plan.problems.length > 0) return refusedWhole(world, text, plan)
  const events: ExecutionEvent[] = []
  const applied = await world.apply(text, plan, { onEvent: event => void events.push(event) })
  mustBeDone(applied)
  assertUnseen(world, plan, applied, events)
  const left = await world.plan(text)
  if (!isEmpty(left)) throw new Error(`the next plan is not empty: ${said(left)}`)
  return 'held'
}

/** A plan with problems is refused before its first write. */
const refusedWhole = async (world: World, text: string, plan: Plan): Promise<Verdict> => {
  const nameless = plan.problems.filter(({ message, advice }) => message === '' || advice === undefined)
  if (nameless.length > 0) throw new Error(`a refusal without advice: ${JSON.stringify(nameless)}`)
  const before = JSON.stringify(await world.everything())
  const applied = await world.apply(text, plan)
  if (applied.ended !== 'refused') throw new Error(`a plan with problems was applied: ${said(plan)}`)
  if (JSON.stringify(await world.everything()) !== before) throw new Error('a refused apply wrote')
  return 'refused'
}

const said = ({ steps, problems }: Plan): string => JSON.stringify({ steps, problems }, null, 1)

/** Law 9: an environment is applied from nothing. */
export const fromNothing = async (document: Document): Promise<Verdict> => {
  const world = await startWorld({ tokens: canaryTokens })
  try {
    return await converge(world, document)
  } finally {
    await world.close()
  }
}

/** Any environment to any other: the second verdict says how the step from one to the other went. */
export const fromTo = async (from: Document, to: Document): Promise<Verdict> => {
  const world = await startWorld({ tokens: canaryTokens })
  try {
    const first = await converge(world, from)
    return first === 'held' ? await converge(world, to) : { unusable: 'the first one' }
  } finally {
    await world.close()
  }
}
