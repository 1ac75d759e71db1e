import { showProblem } from '../../src/core/problem.ts'
import type { Environment, LoadContext } from '../../src/environment/environment.ts'
import { loadEnvironment } from '../../src/environment/load.ts'

/** Who applies, in these tests. */
export const applier = 'applier@acme-ml.iam.gserviceaccount.com'

/** The same, as loading takes it. */
export const known: LoadContext = { applierOf: () => applier }

/** The four lines, for tests that add to them. */
export const four = 'app: skypilot\nproject: acme-ml\nlocation: us-central1\nstate: cloudsql\n'

/** Everything that is wrong with a text, as people read it. */
export const complaints = (text: string, file = 'e/dev.yaml'): readonly string[] => {
  const loaded = loadEnvironment(file, text, known)
  return 'problems' in loaded ? loaded.problems.map(showProblem) : []
}

/** The environment of a text that is right. */
export const load = (text: string, file = 'e/dev.yaml', context: LoadContext = known): Environment => {
  const loaded = loadEnvironment(file, text, context)
  if ('problems' in loaded) throw new Error(loaded.problems.map(showProblem).join('\n'))
  return loaded.environment
}
