// Prints the path of a helm that Slipway can use, getting one if there is none: what `npm run demo` does, for tests.
import { findHelm } from '../src/helm/find.ts'

const path = await findHelm({
  environment: process.env,
  progress: text => void process.stderr.write(`${text}\n`),
})
process.stdout.write(`${path}\n`)
