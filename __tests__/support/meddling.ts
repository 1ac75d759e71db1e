import type { Json as Value } from '../../src/core/json.ts'
import { isObject, type Json, type JsonObject } from '../../src/emulator/json.ts'
import type { Seed } from '../../src/emulator/seed.ts'
import type { Project } from '../../src/emulator/store.ts'
import { project } from './one-file.ts'

/** Something that a person does in the console between plan and apply. */
export interface Meddling {
  /** The resource and the setting, as a plan names them; `path` '' stands for its being there at all. */
  readonly address: string
  readonly path: string
  /** What is set, in the words of a plan; undefined: it is made or taken away. */
  readonly value?: Value
  /** What must not be lost of it. */
  readonly read: (project: Project) => Json | undefined
  /** Whether there is anything to do it to. */
  readonly isPossible: (project: Project) => boolean
  /** True for what only matters where a plan makes a thing of the same name. */
  readonly rivals?: true
  readonly act: (project: Project, seed: Seed) => void | Promise<void>
}

/** A resource that can be replaced. */
export interface Holder {
  resource: JsonObject
}

/** Finds a resource. */
export type Find = (project: Project) => Holder | undefined

const at = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)

const withAt = (value: JsonObject, [key = '', ...rest]: readonly string[], to: Json): JsonObject => {
  const inner = value[key]
  return { ...value, [key]: rest.length === 0 ? to : withAt(isObject(inner) ? inner : {}, rest, to) }
}

let turns = 0

/** A version that nothing had before. */
export const nextVersion = (): string => `by-somebody-${++turns}`

/** The resource under a new version, whatever this API calls it: as any write of somebody else leaves it. */
export const touched = (resource: JsonObject): JsonObject => {
  const version = nextVersion()
  const { settings, maintenancePolicy } = resource
  return {
    ...resource,
    ...(resource.etag === undefined ? {} : { etag: version }),
    ...(resource.labelFingerprint === undefined ? {} : { labelFingerprint: version }),
    ...(isObject(maintenancePolicy)
      ? { maintenancePolicy: { ...maintenancePolicy, resourceVersion: version } }
      : {}),
    ...(isObject(settings) && settings.settingsVersion !== undefined
      ? { settings: { ...settings, settingsVersion: String(Number(settings.settingsVersion) + 1) } }
      : {}),
  }
}

/** How a setting stands in the API, where that is not the value as a plan shows it, at one place. */
export interface Standing {
  /** What is set there; the value itself if left out. */
  readonly raw?: Json | ((before: Json | undefined) => Json)
  /** What of it must not be lost, where others stand at the same place; all of it if left out. */
  readonly own?: (raw: Json | undefined) => Json | undefined
  /** Only where this holds of the resource. */
  readonly where?: (resource: JsonObject) => boolean
}

/** Sets one member of a resource that is there. */
export const setting = (
  [address, path]: readonly [string, string],
  find: Find,
  member: string,
  value: Value,
  { raw = value, own = all => all, where = () => true }: Standing = {},
): Meddling => {
  const steps = member.split('.')
  return {
    address,
    path,
    value,
    // Google's JSON leaves false out.
    read: state => own(at(find(state)?.resource, steps)) || undefined,
    isPossible: state => {
      const found = find(state)
      return found !== undefined && where(found.resource)
    },
    act: state => {
      const found = find(state)
      if (found === undefined) return
      const to = typeof raw === 'function' ? raw(at(found.resource, steps)) : raw
      found.resource = touched(withAt(found.resource, steps, to))
    },
  }
}

/** Takes a thing away. */
export const gone = (
  address: string,
  remove: (state: Project) => void,
  read: Meddling['read'],
): Meddling => ({
  address,
  path: '',
  act: remove,
  read,
  isPossible: state => read(state) !== undefined,
})

/** Makes a thing by hand under the name that a plan wants for its own. */
export const made = (
  address: string,
  make: Meddling['act'],
  read: Meddling['read'],
  where: Meddling['isPossible'] = () => true,
): Meddling => ({
  address,
  path: '',
  act: make,
  read,
  rivals: true,
  isPossible: state => read(state) === undefined && where(state),
})

/** A holder over a map of plain resources, so that they can be set like the others. */
const inMap =
  (pick: (state: Project) => Map<string, JsonObject>, key: string): Find =>
  state => {
    const all = pick(state)
    const found = all.get(key)
    if (found === undefined) return undefined
    return {
      get resource() {
        return all.get(key) ?? found
      },
      set resource(value: JsonObject) {
        all.set(key, value)
      },
    }
  }

/** The instance of drawn environments, with what is in it. */
export const instance = (state: Project) => state.sqlInstances.get('lab-main')

/** A service account by its id. */
export const account = (id: string) => (state: Project) =>
  state.serviceAccounts.get(`${id}@${project}.iam.gserviceaccount.com`)

/** A secret by its name. */
export const secret = (name: string) => (state: Project) => state.secrets.get(name)

/** The Standard cluster of drawn environments. */
export const cluster = inMap(state => state.clusters, 'us-central1-a/lab')

/** An address by its name. */
export const addressNamed = (name: string): Find =>
  inMap(state => state.addresses, `regions/us-central1/${name}`)

/** A pool of that cluster, which stands inside of it and moves its etag. */
export const pool =
  (name: string): Find =>
  state => {
    const owner = cluster(state)
    const pools = owner?.resource.nodePools
    const all = Array.isArray(pools) ? pools.filter(isObject) : []
    const found = all.find(one => one.name === name)
    if (owner === undefined || found === undefined) return undefined
    return {
      get resource() {
        return found
      },
      set resource(value: JsonObject) {
        const nodePools = all.map(one => (one === found ? value : one))
        owner.resource = { ...owner.resource, nodePools, etag: nextVersion() }
      },
    }
  }
