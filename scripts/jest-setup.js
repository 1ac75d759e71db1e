import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { cacheFolder } from '../src/cache/home.ts'
import { helmVersion } from '../src/helm/archives.ts'

/**
 * Puts the helm of the user's cache on PATH for all tests, where no other is: the demo, or an earlier run, had it fetched
 * or built. Nothing is fetched or built here; without it, tests that need one say that they are skipped.
 */
export default () => {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const helm = join(cacheFolder(process.env), `helm-v${helmVersion}`, 'helm')
  if (process.env.HELM || folders.some(folder => existsSync(join(folder, 'helm'))) || !existsSync(helm))
    return
  process.env.PATH = [dirname(helm), ...folders].join(delimiter)
}
