import { equal, isObject, type Json, type JsonObject } from '../../core/json.ts'
import { present, textAt } from './object.ts'
import { badRequest, KubernetesError } from './status.ts'

/** JSON merge patch (RFC 7386). */
export const mergePatch = (target: Json | undefined, patch: Json): Json => {
  if (!isObject(patch)) return patch
  const base = isObject(target) ? target : {}
  const members = Object.entries(patch).map(
    ([key, value]) => [key, value === null ? undefined : mergePatch(base[key], value)] as const,
  )
  return present({ ...base, ...Object.fromEntries(members) })
}

const steps = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))

const refused = (operation: string, pointer: string): KubernetesError =>
  new KubernetesError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${operation} ${pointer}`,
    {},
  )

const at = (root: Json, pointer: string): Json => {
  let value: Json | undefined = root
  for (const step of steps(pointer))
    value = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined
  if (value === undefined) throw refused('path does not exist:', pointer)
  return value
}

type Edit = { readonly put: Json; readonly insert: boolean } | undefined

const editList = (list: readonly Json[], step: string, edit: Edit): Json => {
  const index = step === '-' ? list.length : Number(step)
  if (edit === undefined) return list.toSpliced(index, 1)
  return list.toSpliced(index, edit.insert ? 0 : 1, edit.put)
}

const edited = (root: Json, way: readonly string[], edit: Edit): Json => {
  const [step, ...rest] = way
  if (step === undefined) return edit?.put ?? null
  if (Array.isArray(root)) {
    if (rest.length === 0) return editList(root, step, edit)
    return root.map((item, index) => (index === Number(step) ? edited(item, rest, edit) : item))
  }
  if (!isObject(root)) throw refused('path does not exist:', `/${way.join('/')}`)
  if (rest.length === 0) return present({ ...root, [step]: edit?.put })
  const inner = root[step]
  if (inner === undefined) throw refused('path does not exist:', `/${way.join('/')}`)
  return { ...root, [step]: edited(inner, rest, edit) }
}

const operate = (root: Json, operation: JsonObject): Json => {
  const path = textAt(operation, 'path')
  const way = steps(path)
  const value = operation.value ?? null
  switch (operation.op) {
    case 'add':
      return edited(root, way, { put: value, insert: true })
    case 'replace':
      at(root, path)
      return edited(root, way, { put: value, insert: false })
    case 'remove':
      at(root, path)
      return edited(root, way, undefined)
    case 'test':
      if (!equal(at(root, path), value)) throw refused('testing value failed:', path)
      return root
    case 'copy':
      return edited(root, way, { put: at(root, textAt(operation, 'from')), insert: true })
    case 'move': {
      const from = textAt(operation, 'from')
      return edited(edited(root, steps(from), undefined), way, { put: at(root, from), insert: true })
    }
    default:
      throw badRequest(`unknown JSON patch operation ${JSON.stringify(operation.op ?? null)}`)
  }
}

/** JSON patch (RFC 6902); throws 422 when a path is missing or a test fails. */
export const jsonPatch = (target: JsonObject, patch: Json): Json => {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch is a list of operations')
  return patch.filter(isObject).reduce<Json>(operate, target)
}
