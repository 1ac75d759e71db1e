import type { JsonObject } from '../../core/json.ts'
import { nameOf, namespaceOf, stringsAt, textAt } from './object.ts'
import type { Resource } from './resources.ts'
import { badRequest } from './status.ts'

/** Says whether an object is chosen. */
export type Matches = (object: JsonObject) => boolean

/** Splits at commas that are outside of brackets. */
const terms = (text: string): readonly string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map(term => term.trim())
    .filter(term => term !== '')

const labelTerm = (term: string): ((labels: Readonly<Record<string, string>>) => boolean) => {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map(value => value.trim())
    return labels => {
      const value = labels[key]
      return operator === 'in'
        ? value !== undefined && values.includes(value)
        : value === undefined || !values.includes(value)
    }
  }
  const compare = /^([^!=\s]+)\s*(!=|==|=)\s*(\S*)$/.exec(term)
  if (compare !== null) {
    const [, key = '', operator, wanted] = compare
    return labels => (operator === '!=' ? labels[key] !== wanted : labels[key] === wanted)
  }
  const exists = /^(!?)\s*([^!=\s()]+)$/.exec(term)
  if (exists === null) throw badRequest(`unable to parse requirement: found '${term}'`)
  const [, not, key = ''] = exists
  return labels => Object.hasOwn(labels, key) === (not === '')
}

/** A label selector (`=`, `==`, `!=`, `in`, `notin`, `key`, `!key`); throws 400 on what cannot be parsed. */
export const labelSelector = (text: string): Matches => {
  const requirements = terms(text).map(labelTerm)
  return object => {
    const labels = stringsAt(object, 'metadata', 'labels')
    return requirements.every(holds => holds(labels))
  }
}

/** Which fields a kind can be selected by, besides name and namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Secret: ['type'],
  Event: [
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'type',
  ],
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  Namespace: ['status.phase'],
  Job: ['status.successful'],
  Node: ['spec.unschedulable'],
}

const fieldOf = (object: JsonObject, field: string): string =>
  field === 'metadata.name'
    ? nameOf(object)
    : field === 'metadata.namespace'
      ? namespaceOf(object)
      : textAt(object, ...field.split('.'))

/** A field selector; throws 400 for a field that the kind cannot be selected by. */
export const fieldSelector = (resource: Resource, text: string): Matches => {
  const fields = ['metadata.name', 'metadata.namespace', ...(selectable[resource.kind] ?? [])]
  const requirements = terms(text).map(term => {
    const [, field = '', operator, wanted = ''] = /^([^!=]+)(!=|==|=)(.*)$/.exec(term) ?? []
    if (!fields.includes(field)) throw badRequest(`field label not supported: ${field || term}`)
    return { field, wanted, negated: operator === '!=' }
  })
  return object =>
    requirements.every(({ field, wanted, negated }) => (fieldOf(object, field) === wanted) !== negated)
}
