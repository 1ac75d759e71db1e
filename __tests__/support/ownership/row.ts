import type { World } from '../world.ts'

/** What a plan does with one resource, in a word or in the words of its problem. */
export type Expected = 'create' | 'adopt' | 'nothing' | 'remove' | 'stays' | 'listed' | RegExp

/** Where a resource can stand. */
export interface Situations {
  /** The file names it, and it is there without a mark. */
  readonly unmarked: Expected
  /** The file names it, and it bears our mark. */
  readonly ours: Expected
  /** The file names it, and it bears another environment's mark. */
  readonly foreign: Expected
  /** It was applied and the file no longer names it. */
  readonly dropped: Expected
  /** The same, and another environment has marked it meanwhile. */
  readonly handedOver: Expected
  /** It was applied, the file no longer names it, and names it under `delete:`. */
  readonly deleted: Expected
  /** It bears our mark, and no file and no record names it. */
  readonly orphan: Expected
  /** The same with the mark of an environment that has no file. */
  readonly fileless: Expected
}

/** One kind: a resource of it, how its mark is set, and what is expected of a plan. */
export interface Row {
  readonly kind: string
  readonly address: string
  /** The end of its identity. */
  readonly identity: string
  /** What leaves the file with it, as paths of the YAML. */
  readonly cut: readonly (readonly (string | number)[])[]
  /** Sets its mark as somebody else would; null takes it away. Left out: it cannot carry one that the planner sees. */
  readonly mark?: (world: World, environment: string | null) => Promise<void>
  readonly expected: Situations
}

const foreign = /belongs to environment other: its mark says so/
const loses = /is no longer in the file, but it holds data/

/** For a kind that carries a mark and holds no data. */
export const marked: Situations = {
  unmarked: 'adopt',
  ours: 'nothing',
  foreign,
  dropped: 'remove',
  handedOver: 'stays',
  deleted: 'remove',
  orphan: 'listed',
  fileless: 'listed',
}

/** For a kind that carries a mark and holds data. */
export const keeping: Situations = { ...marked, dropped: loses }

/** For a kind that carries no mark: what is there is as good as ours. */
export const claimed: Situations = {
  ...marked,
  unmarked: 'nothing',
  foreign: 'nothing',
  handedOver: 'remove',
  orphan: 'nothing',
  fileless: 'nothing',
}

/** For a kind that carries no mark and holds data. */
export const unmarkedKeeping: Situations = { ...claimed, dropped: loses, handedOver: loses }
