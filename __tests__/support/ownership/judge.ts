import { parseDocument } from 'yaml'
import type { Plan } from '../../../src/core/plan.ts'
import { mustBeDone } from '../kill.ts'
import type { World } from '../world.ts'
import type { Expected, Row, Situations } from './row.ts'

/** The file without what leaves it together with a row's resource. */
export const without = (text: string, cut: Row['cut'], more = ''): string => {
  const document = parseDocument(text)
  for (const path of cut) if (document.hasIn(path)) document.deleteIn(path)
  return `${document.toString()}${more}`
}

/** What a plan does with one resource. */
const outcomeOf = (
  { steps, problems, notes }: Plan,
  { address, identity }: Pick<Row, 'address' | 'identity'>,
): Exclude<Expected, RegExp> | string => {
  const problem = problems.find(one => one.address === address)
  if (problem !== undefined) return problem.message
  const step = steps.find(one => one.address === address)
  if (step !== undefined) return step.action
  if (notes.some(one => one.address === address && one.message.includes(' stays: '))) return 'stays'
  return notes.some(({ message }) => message.startsWith('In no file') && message.includes(`${identity}\``))
    ? 'listed'
    : 'nothing'
}

/** What plans do with a row's resource in every situation; the record says that `text` was applied last. */
export const situationsOf = async (world: World, text: string, row: Row): Promise<Situations> => {
  const { address, cut, mark, expected } = row
  world.assume(text)
  const look = async (wanted: keyof Situations, environment: string | null, file: string) => {
    await mark?.(world, environment)
    const said = outcomeOf(await world.plan(file), row)
    await mark?.(world, 'lab')
    const hoped = expected[wanted]
    return hoped instanceof RegExp && hoped.test(said) ? hoped : (said as Expected)
  }
  const dropped = without(text, cut)
  const unrecorded = async (wanted: keyof Situations, environment: string) => {
    world.assume(undefined)
    const said = await look(wanted, environment, dropped)
    world.assume(text)
    return said
  }
  return {
    unmarked: await look('unmarked', null, text),
    ours: await look('ours', 'lab', text),
    foreign: await look('foreign', 'other', text),
    dropped: await look('dropped', 'lab', dropped),
    handedOver: await look('handedOver', 'other', dropped),
    deleted: await look('deleted', 'lab', without(text, cut, `delete: ["${address}"]\n`)),
    orphan: await unrecorded('orphan', 'lab'),
    fileless: await unrecorded('fileless', 'other'),
  }
}

/** Takes one resource after another out of the file and applies it; what each apply did with it. */
export const takenApart = async (
  world: World,
  text: string,
  rows: readonly Row[],
): Promise<readonly string[]> => {
  const done: string[] = []
  let file = text
  for (const row of rows) {
    const { address, cut } = row
    const next = without(file, cut, `delete: ["${address}"]\n`)
    const plan = await world.plan(next)
    if (plan.problems.length > 0) throw new Error(JSON.stringify(plan.problems))
    mustBeDone(await world.apply(next, plan))
    done.push(`${outcomeOf(plan, row)} ${address}`)
    file = without(file, cut)
  }
  return done
}
