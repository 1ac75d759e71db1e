import './jitless.ts'
import { createInterface } from 'node:readline/promises'
import { Command } from 'commander'
import { type ApplyFlags, apply } from './cli/apply.ts'
import { type BootstrapFlags, bootstrap } from './cli/bootstrap.ts'
import { paletteFor, type Terminal } from './cli/context.ts'
import { demo } from './cli/demo.ts'
import { type DoctorFlags, doctor } from './cli/doctor.ts'
import { type EmulatorFlags, emulator } from './cli/emulator.ts'
import { type ImportFlags, importCommand } from './cli/import.ts'
import { type PlanFlags, plan } from './cli/plan.ts'
import { schema } from './cli/schema.ts'
import { validate } from './cli/validate.ts'
import { ProblemsError, SlipwayError } from './core/problem.ts'
import { engine } from './engine.ts'
import { problemLines } from './render/terminal/problems.ts'

const stopping = new AbortController()

const terminal: Terminal = {
  env: process.env,
  cwd: process.cwd(),
  write: text => void process.stdout.write(text),
  writeError: text => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI,
  width: Math.min(process.stdout.columns ?? 100, 140),
  palette: paletteFor(process.env, process.stdout.isTTY === true),
  signal: stopping.signal,
  ask: async question => {
    if (process.stdin.isTTY !== true) return ''
    const line = createInterface({ input: process.stdin, output: process.stderr })
    const answer = await line.question(question, { signal: stopping.signal }).catch(() => '')
    line.close()
    return answer
  },
}

/** The first Ctrl-C asks the run to stop; a second one ends it at once. */
const onSignal = (): void => {
  if (stopping.signal.aborted) process.exit(130)
  stopping.abort()
}
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)

/** Runs a command; what goes wrong is said in a sentence or two, and only a defect of ours shows where it happened. */
const run = async (work: () => Promise<number>): Promise<void> => {
  process.exitCode = await work().catch(error => {
    const { width, palette } = terminal
    const problems =
      error instanceof ProblemsError
        ? error.problems
        : [
            {
              message: messageOf(error),
              ...(error instanceof SlipwayError && error.advice ? { advice: error.advice } : {}),
            },
          ]
    terminal.writeError(`${problemLines(problems, width, palette).join('\n')}\n`)
    return stopping.signal.aborted ? 130 : 1
  })
}

const messageOf = (error: unknown): string => {
  if (error instanceof SlipwayError) return error.message
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `This is a defect of Slipway, please report it: ${shown}`
}

const program = new Command('slipway')
  .description('GKE, Cloud SQL and Helm releases from one short YAML file per environment.')
  .version(engine)
  .showHelpAfterError('(slipway --help shows what there is)')

program
  .command('validate')
  .description('check environment files; needs no account')
  .argument('[files...]', 'files; all of environments/ if none is named')
  .action((files: string[]) => run(() => validate(terminal, files)))

program
  .command('plan')
  .description('show what apply would do; writes nothing')
  .argument('[environments...]', 'names; all of them if none is named')
  .option('--json', 'print the plan as JSON')
  .option('--explain', 'print what the file and its preset expand to, with the origin of every value')
  .option('--detailed-exitcode', 'exit with 2 if there is something to do, 0 if not, 1 if it cannot be done')
  .option('--baseline <ref>', 'take the file at this Git reference for what was applied before')
  .action((names: string[], flags: PlanFlags) => run(() => plan(terminal, names, flags)))

program
  .command('apply')
  .description('plan, ask, apply exactly that, and look again')
  .argument('[environments...]', 'names; all of them if none is named')
  .option('--yes', 'do not ask')
  .option('--baseline <ref>', 'take the file at this Git reference for what was applied before')
  .option('--unrecorded', 'write no record on GitHub')
  .option(
    '--json',
    'print what became of each environment as JSON at the end; the rest goes to standard error',
  )
  .action((names: string[], flags: ApplyFlags) => run(() => apply(terminal, names, flags)))

program
  .command('import')
  .description('write the environment file for what people made by hand in a project; reads only')
  .argument('<project>', 'id of the project')
  .argument('[cluster]', 'name of the cluster, or LOCATION/NAME; needed where there are several')
  .option('--out <file>', 'write there instead of to the standard output; never over a file that is there')
  .option('--force', 'write over a file that is there')
  .option('--instance <name>', 'the Cloud SQL instance, where there are several')
  .option('--repository <url...>', 'where charts came from, as helm does not keep that')
  .action((project: string, cluster: string | undefined, flags: ImportFlags) =>
    run(() => importCommand(terminal, project, cluster, flags)),
  )

program
  .command('bootstrap')
  .description('print, or do, the one-time set-up of Google Cloud projects and of the repository')
  .option('--run', 'do it, instead of printing the commands')
  .option('--project <ids...>', 'projects; those of the environment files if none is named')
  .option('--engine <ref>', 'the commit of Slipway that the workflow will be pinned to; else as it is pinned')
  .option('--reviewer <names...>', 'who approves what is applied: people, or teams as ORGANIZATION/TEAM')
  .option('--prune', 'take old engines, environments and roles out of what is trusted')
  .action((flags: BootstrapFlags) => run(() => bootstrap(terminal, flags)))

program
  .command('doctor')
  .description('check the set-up from both sides; writes nothing')
  .option('--json', 'print the findings as JSON')
  .option('--project <ids...>', 'projects; those of the environment files if none is named')
  .option('--engine <ref>', 'the commit of Slipway that the workflow will be pinned to; else as it is pinned')
  .action((flags: DoctorFlags) => run(() => doctor(terminal, flags)))

program
  .command('schema')
  .description('print the JSON Schema of an environment file')
  .action(() => run(() => schema(terminal)))

program
  .command('emulator')
  .description('start an embedded Google Cloud on this machine and print the variables that point at it')
  .option('--port <port>', 'port of the Google APIs; 0 takes any free one', '0')
  .option('--speed <times>', 'how many times as fast as Google operations end', '60')
  .option('--project <id>', 'the project that it has', 'acme-ml')
  .action((flags: EmulatorFlags) => run(() => emulator(terminal, flags)))

program
  .command('demo')
  .description('a pull request from plan to apply on the embedded cloud; needs no account')
  .action(() => run(() => demo(terminal)))

await program.parseAsync()
