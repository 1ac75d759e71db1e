/** A thing with a name that comes after others. */
export interface Node {
  readonly id: string
  readonly after: readonly string[]
}

/** Things that wait for one another in a ring. */
export class CycleError extends Error {
  constructor(ring: readonly string[]) {
    super(`these depend on one another: ${ring.join(' → ')}`)
    this.name = 'CycleError'
  }
}

/**
 * Sorts so that everything comes after what it waits for; otherwise the given order is kept. Names that are not in
 * the list are no reason to wait.
 * @throws CycleError naming the ring.
 */
export const sorted = <T extends Node>(nodes: readonly T[]): readonly T[] => {
  const byId = new Map(nodes.map(node => [node.id, node]))
  const done = new Set<string>()
  const order: T[] = []
  const visit = (node: T, trail: readonly string[]): void => {
    if (done.has(node.id)) return
    if (trail.includes(node.id)) throw new CycleError([...trail.slice(trail.indexOf(node.id)), node.id])
    for (const id of node.after) {
      const before = byId.get(id)
      if (before !== undefined) visit(before, [...trail, node.id])
    }
    done.add(node.id)
    order.push(node)
  }
  for (const node of nodes) visit(node, [])
  return order
}
