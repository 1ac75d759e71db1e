import { createLoad, type Load } from '../../src/commands/load.ts'

/** How often a memory is asked before it is given up: drawn files are many, and few of them come again. */
const most = 200

let [load, times] = [createLoad(), 0]

/** Reads environment files as a run does, which remembers what it has read: tests read the same text a dozen times. */
export const loadRemembered: Load = (files, applierOf) => {
  times += 1
  if (times % most === 0) load = createLoad()
  return load(files, applierOf)
}
