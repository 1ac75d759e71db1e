import type { Emulator } from '../../src/emulator/index.ts'
import { isObject, type JsonObject } from '../../src/emulator/json.ts'
import type { Project } from '../../src/emulator/store.ts'

/** Takes every mark of Slipway off a project, as if people had made what is in it by hand. */
export const unmark = (google: Emulator): void => {
  for (const project of google.state.all) {
    for (const [key, cluster] of project.clusters) project.clusters.set(key, plainly(cluster))
    for (const [key, address] of project.addresses) project.addresses.set(key, plainly(address))
    unmarkInside(project)
  }
}

const unmarkInside = ({ sqlInstances, serviceAccounts, secrets }: Project): void => {
  for (const one of [...sqlInstances.values(), ...serviceAccounts.values(), ...secrets.values()])
    one.resource = plainly(one.resource)
}

const mark = /\s*\[slipway-environment=[^\]]*\]$/

/** A resource without our labels, and without the mark behind its description. */
const plainly = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('slipway-'))
      .map(([key, member]) => {
        if (key === 'description' && typeof member === 'string') return [key, member.replace(mark, '')]
        if (isObject(member)) return [key, plainly(member)]
        return [
          key,
          Array.isArray(member) ? member.map(item => (isObject(item) ? plainly(item) : item)) : member,
        ]
      }),
  )
