import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'

const folder = join(import.meta.dirname, '../scenarios/render')

/** Compares with the file of that name below `scenarios/render`; with UPDATE_GOLDENS=1 it is written instead. */
export const expectGolden = (name: string, text: string): void => {
  const file = join(folder, name)
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}
