import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { missing } from './missing.ts'

/** One file of a published package, fetched into a folder without what the package depends on. */
export const packaged = (folder: string, name: string, file: string): string => {
  try {
    const said = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    execFileSync('tar', ['-xzf', join(folder, said.trim()), '-C', folder, `package/${file}`])
  } catch (error) {
    const said = error instanceof Error ? error.message.trim() : String(error)
    missing(
      `${file} of ${name} could not be fetched: ${said}`,
      'Check the way to the npm registry, and run again.',
    )
  }
  return readFileSync(join(folder, 'package', file), 'utf8')
}
