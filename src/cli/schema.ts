import { editorSchema } from '../environment/json-schema.ts'
import type { Terminal } from './context.ts'

/** `slipway schema`: prints the JSON Schema of an environment file, for editors. */
export const schema = async (terminal: Terminal): Promise<number> => {
  terminal.write(`${JSON.stringify(editorSchema(), null, 2)}\n`)
  return 0
}
