import type { Json } from '../core/json.ts'
import { regionOf } from '../kinds/shared/places.ts'
import type { Header } from './header.ts'
import { fromJson, type MapTree, type Member, mapAt, memberOf, withMembers } from './tree.ts'

/**
 * Fills in the names and places that follow from where something stands: `addresses.web` has the name `web` and lies
 * in the file's region unless it says otherwise.
 */
export const withDefaults = (sections: MapTree, header: Header & { readonly name: string }): MapTree => {
  const region = regionOf(header.location)
  const named = eachOf(key => ({ name: key }))
  const filled = onEach(sections, {
    serviceAccounts: eachOf(key => ({ id: key })),
    addresses: eachOf(key => ({ name: key, region })),
    secrets: named,
    cluster: map => ({
      ...(memberOf(map, 'use') === undefined ? { name: header.name } : {}),
      location: header.location,
    }),
    database: () => ({ name: header.name, region }),
  })
  const database = mapAt(filled, 'database')
  if (database.members.size === 0) return filled
  return replaced(filled, 'database', onEach(database, { databases: named, users: named }))
}

/** Gives what to fill in, or a way to do it for each member. */
type Filling = (map: MapTree) => Readonly<Record<string, Json>>
type Each = { readonly each: (key: string) => Readonly<Record<string, Json>> }

const eachOf = (each: Each['each']): Each => ({ each })

const onEach = (tree: MapTree, fillings: Readonly<Record<string, Filling | Each>>): MapTree => {
  let result = tree
  for (const [section, filling] of Object.entries(fillings)) {
    const value = memberOf(result, section)?.value
    if (value?.type !== 'map') continue
    result = replaced(
      result,
      section,
      typeof filling === 'function' ? fill(value, filling(value)) : fillEach(value, filling),
    )
  }
  return result
}

const fillEach = (map: MapTree, { each }: Each): MapTree => {
  const members: Record<string, Member> = {}
  for (const [key, member] of map.members) {
    if (member.value.type === 'map') members[key] = { ...member, value: fill(member.value, each(key)) }
  }
  return withMembers(map, members)
}

/** Adds what is not there; its source is that of the map. */
const fill = (map: MapTree, values: Readonly<Record<string, Json>>): MapTree => {
  const missing = Object.entries(values).filter(([key]) => !map.members.has(key))
  return withMembers(
    map,
    Object.fromEntries(
      missing.map(([key, value]) => [key, { key: map.source, value: fromJson(value, map.source) }]),
    ),
  )
}

const replaced = (tree: MapTree, key: string, value: MapTree): MapTree => {
  const member = memberOf(tree, key)
  return member === undefined ? tree : withMembers(tree, { [key]: { ...member, value } })
}
