import type { Note } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import { referenceParts, referencesIn } from '../core/reference.ts'
import type { Address, Resource } from '../core/resource.ts'
import { kindsByName } from '../kinds/registry.ts'
import { type Checked, placeIn } from './checks/check.ts'

/** What is left to make, and what may be deleted. */
export interface Used {
  readonly resources: readonly Resource[]
  readonly deletable: ReadonlySet<Address>
  /** Identities of what `use:` names. */
  readonly shared: ReadonlySet<string>
  readonly problems: readonly Problem[]
  readonly notes: readonly Note[]
}

/** Takes out what `use:` names, and reads `delete:`. */
export const useOf = (resources: readonly Resource[], checked: Checked): Used => {
  const used = new Set(listAt(checked, 'use'))
  const deletable = new Set(listAt(checked, 'delete'))
  const left = resources.filter(({ address }) => !used.has(address))
  return {
    resources: left,
    deletable,
    shared: new Set(resources.filter(({ address }) => used.has(address)).map(({ identity }) => identity)),
    problems: [
      ...[...used].flatMap((address, index) => useProblem(address, index, resources, left, checked)),
      ...[...deletable].flatMap((address, index) => deleteProblem(address, index, checked)),
    ],
    notes: resources
      .filter(({ address }) => deletable.has(address))
      .map(({ address }) => ({
        level: 'info',
        message: `\`delete:\` names ${address}, which the file still wants under that name: it is kept.`,
        address,
      })),
  }
}

const listAt = ({ document }: Checked, key: string): readonly string[] => {
  const list = document[key]
  return Array.isArray(list) ? list.map(String) : []
}

const useProblem = (
  address: Address,
  index: number,
  resources: readonly Resource[],
  left: readonly Resource[],
  checked: Checked,
): readonly Problem[] => {
  const position = placeIn(checked, ['use', String(index)])
  const known = resources.some(one => one.address === address)
  if (address.startsWith('cluster/')) {
    const advice = `Write \`cluster: {use: ${address.slice('cluster/'.length)}}\`.`
    return [{ message: `use: a cluster is shared in its own section.`, advice, position }]
  }
  if (!known) {
    const advice = 'Name something that is in the plan, by its address there.'
    return [{ message: `use: nothing in this file has the address ${address}.`, advice, position }]
  }
  const needs = left.find(({ spec }) =>
    referencesIn(spec).some(one => referenceParts(one).address === address),
  )
  if (needs === undefined) return []
  const message = `use: ${needs.address} needs a value of ${address}, which only the file that owns it knows.`
  return [{ message, advice: 'Make it here, or write the value out where it is needed.', position }]
}

const deleteProblem = (address: Address, index: number, checked: Checked): readonly Problem[] => {
  const kind = address.slice(0, address.indexOf('/'))
  if (kindsByName.has(kind)) return []
  const advice = `Known kinds: ${[...kindsByName.keys()].join(', ')}.`
  return [
    {
      message: `delete: ${kind} is not a kind of resource.`,
      advice,
      position: placeIn(checked, ['delete', String(index)]),
    },
  ]
}
