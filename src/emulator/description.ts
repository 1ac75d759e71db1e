import type { ApiName } from './apis.ts'

/** Which description file. */
export type DescriptionName = ApiName | 'cloudresourcemanager-v3'

/** A type in a description, as discovery documents write it. */
export interface Schema {
  readonly $ref?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'any'
  readonly format?: string
  readonly enum?: readonly string[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
  readonly readOnly?: boolean
  /** Query parameters only. */
  readonly repeated?: boolean
}

/** One method. */
export interface Method {
  readonly httpMethod: string
  /** The flat path template: `v1/projects/{projectsId}/…`. */
  readonly path: string
  readonly query: Readonly<Record<string, Schema>>
  /** Name of the schema of the body. */
  readonly request?: string
  readonly response?: string
}

/** An API as far as it is emulated. */
export interface Description {
  readonly id: string
  readonly revision: string
  /** Query parameters that every method takes. */
  readonly parameters: Readonly<Record<string, Schema>>
  readonly methods: Readonly<Record<string, Method>>
  readonly schemas: Readonly<Record<string, Schema>>
}
