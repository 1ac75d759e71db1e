import type { Plan, Step } from '../../core/plan.ts'
import { type Area, areaOf, areas } from '../areas.ts'
import { assumptions, createRows } from '../create-rows.ts'
import type { Row } from '../rows.ts'
import { listed } from '../text.ts'
import type { Block } from './blocks.ts'
import { prose } from './escape.ts'
import { type Origin, sourceLink } from './input.ts'
import { fenceBlock, folded, listBlock } from './pieces.ts'

/** What is merely new, folded by area. */
export const createBlocks = (plan: Plan): readonly Block[] =>
  areas.flatMap(area => {
    const steps = plan.steps.filter(step => step.action === 'create' && areaOf(step) === area)
    return steps.length === 0 ? [] : [areaBlock(plan, area, steps)]
  })

const areaBlock = ({ environment, outputs }: Plan, area: Area, steps: readonly Step[]): Block => {
  const rows = [...createRows(steps, outputs), ...assumed(steps)]
  const block = fenceBlock('creates', `line of what is new in ${environment}'s ${area}`, '', rows)
  return folded(`<b>${area}</b>: ${steps.length} to create`, block)
}

const assumed = (steps: readonly Step[]): readonly Row[] =>
  [...assumptions(steps)].map(([why, addresses]) => ({
    marker: ' ' as const,
    depth: 0,
    name: `Not looked for (${why}): ${listed(addresses, 6)}. Apply looks first and stops if ${addresses.length === 1 ? 'it' : 'one of them'} is there.`,
  }))

/** What people do by hand, open; and what is only good to know, folded. */
export const noteBlocks = (plan: Plan, origin: Origin): readonly Block[] => {
  const items = (level: 'manual' | 'info'): readonly string[] =>
    plan.notes
      .filter(note => note.level === level)
      .map(({ message, advice, source }) =>
        [prose(message), advice === undefined ? '' : prose(advice), sourceLink(origin, source)]
          .filter(part => part !== '')
          .join(' '),
      )
  const [manual, info] = [items('manual'), items('info')]
  return [
    folded(`<b>By hand, once</b>: ${manual.length}`, listBlock('manual', 'step by hand', manual), true),
    folded(`<b>Notes</b>: ${info.length}`, listBlock('info', 'note', info)),
  ]
}
