import type { Json } from '../core/json.ts'
import type { Source } from '../core/problem.ts'
import type { Header } from './header.ts'
import type { Tree } from './tree.ts'

/** One entry of a section: what a kind makes a resource of. */
export interface DocumentItem {
  readonly kind: string
  /** The name that it has in the plan. */
  readonly name: string
  readonly settings: Json
  readonly sources: Readonly<Record<string, Source>>
  /** The settings with their places, if they stand in the document as they are. */
  readonly tree?: Tree
}

/** What items are made with besides the document. */
export interface ItemContext {
  readonly header: Header & { readonly name: string }
  /** E-mail of the identity that applies. */
  readonly applier: string | undefined
  /** The cluster, if this file makes it. */
  readonly clusterAddress: string | undefined
}
