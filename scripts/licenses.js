import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/**
 * A plugin of Rolldown that writes `file` beside the bundle: name, version and licence text of every package that is in it.
 * Most licences ask for that wherever the code goes. Throws where a package has neither a licence file nor a licence field.
 */
export const licenses = file => ({
  name: 'licenses',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap(({ modules }) => Object.keys(modules ?? {}))
    const folders = new Set(modules.flatMap(module => packageFolder(module) ?? []))
    const texts = new Map([...folders].map(entryOf))
    const source = [...texts]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, text]) => `${name}\n\n${text.trim()}\n`)
      .join(`\n${'-'.repeat(80)}\n\n`)
    this.emitFile({ type: 'asset', fileName: file, source })
  },
})

/** The innermost package that a module of a dependency belongs to. */
const packageFolder = module => {
  const path = module.replace(/^\0/, '').split('?')[0]
  const at = path.lastIndexOf(`${sep}node_modules${sep}`)
  if (at === -1) return undefined
  const [scope, name] = path.slice(at + '/node_modules/'.length).split(sep)
  return join(path.slice(0, at), 'node_modules', scope, scope.startsWith('@') ? name : '')
}

const entryOf = folder => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find(one => /^licen[cs]e/i.test(one))
  if (file === undefined && typeof license !== 'string') throw new Error(`${name} does not say its licence.`)
  return [`${name} ${version}`, file === undefined ? license : readFileSync(join(folder, file), 'utf8')]
}
