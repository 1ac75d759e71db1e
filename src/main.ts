import './jitless.ts'
import { runAction } from './action/run.ts'

await runAction(process.env)
// Idle connections would keep the step alive for seconds.
process.exit()
