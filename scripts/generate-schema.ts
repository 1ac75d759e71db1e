/** Writes schema/environment.schema.json and docs/environment-file.md; with --check, says whether they are up to date. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { editorSchema, fileJsonSchema } from '../src/environment/json-schema.ts'
import { referencePage } from '../src/environment/reference-page.ts'

const root = new URL('../', import.meta.url)
const examples = readdirSync(new URL('environments/', root))
  .filter(name => name.endsWith('.yaml'))
  .sort()
  .map(name => ({
    file: `environments/${name}`,
    text: readFileSync(new URL(`environments/${name}`, root), 'utf8'),
  }))

const files = {
  'schema/environment.schema.json': `${JSON.stringify(editorSchema(), null, 2)}\n`,
  'docs/environment-file.md': referencePage(fileJsonSchema(), examples),
}

for (const [path, text] of Object.entries(files)) {
  const url = new URL(path, root)
  if (!process.argv.includes('--check')) writeFileSync(url, text)
  else if (readFileSync(url, 'utf8') !== text) {
    console.error(`${path} is not up to date: run node scripts/generate-schema.ts`)
    process.exitCode = 1
  }
}
