import type { Header } from '../header.ts'
import { type Merged, merge } from '../merge.ts'
import { fromObject, type MapTree, type Member, mapAt, memberOf, withMembers } from '../tree.ts'
import { googleSections } from './skypilot-google.ts'
import { type SkypilotInput, skypilotNames } from './skypilot-input.ts'
import { kubernetesSections } from './skypilot-kubernetes.ts'
import { skypilotInput } from './skypilot-read.ts'

/** A short file as a long one. */
export interface Expanded extends Merged {
  readonly input: SkypilotInput
}

/**
 * Lays a file's own sections over what `app: skypilot`, `state: cloudsql` stands for. Nothing is checked here: a wrong
 * value of the file ends up in the long form, and is found there.
 */
export const expandSkypilot = (
  header: Header & { readonly name: string },
  sections: MapTree,
  context: { readonly applierKnown: boolean },
): Expanded => {
  const input = skypilotInput(header, sections, context.applierKnown)
  const names = skypilotNames(input)
  const preset = fromObject(
    { ...googleSections(input, names), ...kubernetesSections(input, names) },
    { preset: 'skypilot' },
  )
  const own = longForm(sections, names.release)
  return { input, ...merge(withoutRivals(preset, own), own) }
}

/** The short words in their long places: `release` is the preset's release, `auth` and `proxy` are spent. */
const longForm = (sections: MapTree, release: string): MapTree => {
  const short = memberOf(sections, 'release')
  const database = memberOf(sections, 'database')
  return withMembers(sections, {
    release: undefined,
    ...(short === undefined ? {} : { releases: releasesWith(sections, release, short) }),
    ...(database?.value.type === 'map'
      ? {
          database: {
            ...database,
            value: withMembers(database.value, { auth: undefined, proxy: undefined }),
          },
        }
      : {}),
  })
}

const releasesWith = (sections: MapTree, name: string, short: Member): Member => {
  const releases = memberOf(sections, 'releases')
  const base = mapAt(sections, 'releases')
  return {
    key: releases?.key ?? short.key,
    value: withMembers({ ...base, source: short.key }, { [name]: short }),
  }
}

/** Drops what the preset says where the file chooses the other of two ways: a fixed count or an autoscaler. */
const withoutRivals = (preset: MapTree, own: MapTree): MapTree => {
  const pools = memberOf(preset, 'nodePools')
  const pool = memberOf(pools?.value, 'default')
  const fixed = memberOf(mapAt(mapAt(own, 'nodePools'), 'default'), 'nodes') !== undefined
  if (!fixed || pools?.value.type !== 'map' || pool?.value.type !== 'map') return preset
  const value = withMembers(pool.value, { autoscaling: undefined })
  return withMembers(preset, {
    nodePools: { ...pools, value: withMembers(pools.value, { default: { ...pool, value } }) },
  })
}
