import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SlipwayError } from '../core/problem.ts'

/** The folder of the demonstration chart, found from the sources and from the bundle alike. @throws SlipwayError */
export const chartFolder = (): string => {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const places = [
    join(here, '..', 'emulator', 'chart', 'skypilot'),
    join(here, '..', 'src', 'emulator', 'chart', 'skypilot'),
  ]
  const found = places.find(place => existsSync(place))
  if (found !== undefined) return found
  throw new SlipwayError('The demonstration chart is not beside this program.', {
    advice: 'Run it from a clone or an installed package.',
  })
}
