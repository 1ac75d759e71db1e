import { showPath } from '../core/json.ts'
import type { Step } from '../core/plan.ts'
import { isReference } from '../core/reference.ts'

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (isReference(value)) return value.$ref
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** What a step does, in one short line: `tier db-custom-2-7680 → db-custom-4-15360`. */
export const summaryOf = ({ action, changes }: Step): string => {
  const words = {
    create: 'created',
    adopt: 'adopted',
    update: 'changed',
    settle: 'waited for',
    remove: 'removed',
  }
  const fields = changes.filter(({ path }) => showPath(path) !== 'mark')
  if (fields.length === 0) return words[action]
  const objects = new Set(fields.filter(({ path }) => path[0] === 'objects').map(({ path }) => path[1]))
  const others = fields.filter(({ path }) => path[0] !== 'objects')
  const listed = others
    .slice(0, 3)
    .map(({ path, from, to }) => `${showPath(path)} ${shown(from)} → ${shown(to)}`)
  const more = others.length > 3 ? [`${others.length - 3} more`] : []
  const counted = objects.size === 0 ? [] : [`${objects.size} ${objects.size === 1 ? 'object' : 'objects'}`]
  return [...listed, ...more, ...counted].join(', ')
}
