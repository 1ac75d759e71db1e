import { isObject, type JsonObject } from '../../core/json.ts'

/** The values of the Secrets among rendered objects, for the redactor: API servers and helm quote objects in errors. */
export const secretsIn = (objects: readonly JsonObject[]): readonly string[] =>
  objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data, stringData }) => [
      ...(isObject(data)
        ? Object.values(data).map(value => Buffer.from(String(value), 'base64').toString('utf8'))
        : []),
      ...(isObject(stringData) ? Object.values(stringData).map(String) : []),
    ])
