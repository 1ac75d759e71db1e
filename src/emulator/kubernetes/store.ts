import type { JsonObject } from '../../core/json.ts'
import { nameOf, namespaceOf, withMetadata } from './object.ts'
import type { Resource } from './resources.ts'
import { expired } from './status.ts'

/** What happened to one object. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: Resource
  readonly object: JsonObject
  readonly previous: JsonObject | undefined
  readonly version: number
}

const HISTORY = 4096
const FIRST_VERSION = 1000

const collectionOf = (resource: Resource): string => `${resource.group}/${resource.plural}`
const byName = (a: JsonObject, b: JsonObject): number => {
  const [left, right] = [`${namespaceOf(a)}/${nameOf(a)}`, `${namespaceOf(b)}/${nameOf(b)}`]
  return left < right ? -1 : left > right ? 1 : 0
}

/** All objects, their versions and the recent changes: what etcd is to the real server. */
export class Store {
  #version = FIRST_VERSION
  readonly #objects = new Map<string, Map<string, JsonObject>>()
  #history: readonly Change[] = []
  readonly #listeners = new Set<(change: Change) => void>()

  /** The resourceVersion of the newest change. */
  get version(): number {
    return this.#version
  }

  /** Another store with the same objects, versions and history. Objects are never changed in place, so they are shared. */
  copy(): Store {
    const copy = new Store()
    for (const [key, collection] of this.#objects) copy.#objects.set(key, new Map(collection))
    copy.#history = this.#history
    copy.#version = this.#version
    return copy
  }

  /** The object, undefined when there is none. */
  get(resource: Resource, namespace: string, name: string): JsonObject | undefined {
    return this.#objects.get(collectionOf(resource))?.get(`${namespace}/${name}`)
  }

  /** The objects of a kind, sorted by namespace and name; all namespaces when `namespace` is ''. */
  list(resource: Resource, namespace = ''): readonly JsonObject[] {
    const all = [...(this.#objects.get(collectionOf(resource))?.values() ?? [])]
    return all.filter(object => namespace === '' || namespaceOf(object) === namespace).sort(byName)
  }

  /** Every object. */
  all(): readonly JsonObject[] {
    return [...this.#objects.values()].flatMap(collection => [...collection.values()])
  }

  /** Stores the object under a new resourceVersion and returns it as stored. */
  put(resource: Resource, object: JsonObject): JsonObject {
    this.#version += 1
    const stored = withMetadata(object, { resourceVersion: String(this.#version) })
    const key = `${namespaceOf(object)}/${nameOf(object)}`
    const collection = this.#objects.get(collectionOf(resource)) ?? new Map<string, JsonObject>()
    this.#objects.set(collectionOf(resource), collection)
    const previous = collection.get(key)
    collection.set(key, stored)
    this.#tell({
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      resource,
      object: stored,
      previous,
      version: this.#version,
    })
    return stored
  }

  /** Removes the object; returns its last state under the version of its removal. */
  remove(resource: Resource, object: JsonObject): JsonObject {
    this.#version += 1
    const last = withMetadata(object, { resourceVersion: String(this.#version) })
    this.#objects.get(collectionOf(resource))?.delete(`${namespaceOf(object)}/${nameOf(object)}`)
    this.#tell({ type: 'DELETED', resource, object: last, previous: object, version: this.#version })
    return last
  }

  /** The changes of a kind after `version`; throws 410 when they are no longer known. */
  since(resource: Resource, version: number): readonly Change[] {
    const oldest = this.#history[0]?.version ?? this.#version + 1
    if (version + 1 < oldest && this.#history.length >= HISTORY) throw expired(String(version))
    return this.#history.filter(change => change.version > version && sameResource(change.resource, resource))
  }

  /** Calls `listener` after each change until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #tell(change: Change): void {
    this.#history = [...this.#history.slice(-(HISTORY - 1)), change]
    for (const listener of [...this.#listeners]) listener(change)
  }
}

/** True for two versions of the same kind. */
export const sameResource = (a: Resource, b: Resource): boolean =>
  a.group === b.group && a.plural === b.plural
