// A Jest transformer that strips types with rolldown's own compiler: no second TypeScript tool chain.
import { createHash } from 'node:crypto'
import { transformSync } from 'rolldown/utils'

const revision = '1'

export default {
  getCacheKey: (source, path) => createHash('sha256').update(`${revision}\0${path}\0${source}`).digest('hex'),
  process(source, path) {
    const { code, map, errors } = transformSync(path, source, { lang: 'ts', sourcemap: true })
    if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join('; ')}`)
    return { code, map }
  },
}
