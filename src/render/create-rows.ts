import type { Step } from '../core/plan.ts'
import type { Row } from './rows.ts'
import { summaryOf } from './summaries/index.ts'
import type { Known } from './values.ts'

/** The rows of new resources in the order in which they are made; services share one row. */
export const createRows = (steps: readonly Step[], known: Known): readonly Row[] => {
  const services = steps.filter(({ kind }) => kind === 'service')
  const first = services[0]
  return steps.flatMap(step => {
    if (step.kind !== 'service') return createRow(step, known)
    return step === first ? servicesRows(services) : []
  })
}

const perRow = 8

const servicesRows = (services: readonly Step[]): readonly Row[] => {
  const names = services.map(({ address }) => address.slice(address.indexOf('/') + 1))
  const rows = Array.from({ length: Math.ceil(names.length / perRow) }, (_, row) =>
    names.slice(row * perRow, (row + 1) * perRow).join(', '),
  )
  const verb = services.length === 1 ? 'service switched on' : 'services switched on'
  return rows.map((value, index) => ({
    marker: index === 0 ? '+' : ' ',
    depth: 0,
    name: index === 0 ? verb : '',
    value,
  }))
}

const createRow = (step: Step, known: Known): readonly Row[] => {
  const [line = '', ...more] = summaryOf(step, known)
  const name = step.kind === 'grant' ? grantName(step) : step.address
  return [
    { marker: '+', depth: 0, name, value: line },
    ...more.map(value => ({ marker: ' ' as const, depth: 0, name: '', value })),
  ]
}

/** A grant's address holds all of it; its role is enough where the member follows. */
const grantName = ({ address, spec }: Step): string =>
  typeof spec.role === 'string' ? `grant ${spec.role}` : address

/** What is taken to be absent without a look: `why` → addresses. */
export const assumptions = (steps: readonly Step[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>()
  for (const { about, address } of steps) {
    if (about !== undefined) found.set(about, [...(found.get(about) ?? []), address])
  }
  return found
}
