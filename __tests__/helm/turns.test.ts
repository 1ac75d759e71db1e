import { describe, expect, test } from '@jest/globals'
import { createTurns } from '../../src/core/turns.ts'

describe('turns', () => {
  test('are taken in order, no more at once than there are places, also after a failure', async () => {
    const turn = createTurns(2)
    const begun: number[] = []
    const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const all = ends.map(({ promise }, index) =>
      turn(async () => {
        begun.push(index)
        await promise
        return index
      }),
    )
    expect(begun).toEqual([0, 1])
    ends[1]?.reject(new Error('helm failed'))
    await expect(all[1]).rejects.toThrow('helm failed')
    expect(begun).toEqual([0, 1, 2])
    for (const { resolve } of ends) resolve()
    expect(await Promise.all(all.filter((_, index) => index !== 1))).toEqual([0, 2, 3, 4])
    expect(begun).toEqual([0, 1, 2, 3, 4])
  })
})
