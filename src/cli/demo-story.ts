import { applyEnvironment } from '../commands/apply.ts'
import type { ExecutionEvent } from '../commands/execute.ts'
import { loadEnvironments } from '../commands/load.ts'
import { planEnvironment } from '../commands/plan.ts'
import { identitiesOf } from '../commands/snapshot.ts'
import type { Baseline, Subject } from '../commands/subject.ts'
import { type Composed, compose } from '../compose.ts'
import { sha256 } from '../core/digest.ts'
import { succeeded } from '../core/outcome.ts'
import { isEmpty, type Plan } from '../core/plan.ts'
import { ProblemsError } from '../core/problem.ts'
import { Redactor } from '../core/secret.ts'
import type { Cloud } from '../emulator/cloud.ts'
import { engine } from '../engine.ts'
import { planJson } from '../render/json.ts'
import { renderPlanComment } from '../render/markdown/plan-comment.ts'
import { problemCount, problemLines } from '../render/terminal/problems.ts'
import { closingLines, resultLines } from '../render/terminal/result.ts'
import { print, type Terminal } from './context.ts'
import { openScreen, type Screen } from './screen.ts'

/** Where the story takes place. */
export interface Stage {
  readonly terminal: Terminal
  readonly cloud: Cloud
  readonly folder: string
  readonly project: string
}

const path = 'environments/staging.yaml'

/** The demo's pull requests, one after another; each step uses the same engine as the action. */
export class Story {
  readonly #stage: Stage
  readonly #planner: Composed
  readonly #applier: Composed
  #applied: { readonly subject: Subject; readonly text: string } | undefined
  #reviewed: Plan | undefined
  #screen: Screen | undefined
  #failed = false

  constructor(stage: Stage) {
    this.#stage = stage
    this.#planner = this.#compose('planner')
    this.#applier = this.#compose('applier')
  }

  /** Plain sentences. */
  say(...lines: readonly string[]): void {
    print(this.#stage.terminal, lines)
  }

  /** The heading of what comes next. */
  chapter(title: string): void {
    const { palette } = this.#stage.terminal
    this.say(
      '',
      palette.strong(`── ${title} ${'─'.repeat(Math.max(3, this.#stage.terminal.width - title.length - 4))}`),
      '',
    )
  }

  /** The file, as it is written. */
  file(text: string): void {
    const { palette } = this.#stage.terminal
    this.say(
      palette.faint(path),
      ...text
        .trimEnd()
        .split('\n')
        .map(line => `    ${line}`),
      '',
    )
  }

  /** Plans with the identity that only reads, and shows the comment as it would be posted. */
  async pullRequest(number: number, text: string): Promise<void> {
    const started = Date.now()
    const before = this.#planner.bench.calls()
    const plan = await this.#plan(text)
    this.#reviewed = plan
    const origin = {
      repositoryUrl: 'https://github.com/acme/platform',
      base: sha256(this.#applied?.text ?? '').slice(0, 40),
      head: sha256(text).slice(0, 40),
      run: { id: number, attempt: 1, url: `https://github.com/acme/platform/actions/runs/${number}` },
      sha256: sha256(planJson(plan)),
      identity: this.#emailOf('planner'),
      calls: this.#planner.bench.calls() - before,
      seconds: (Date.now() - started) / 1000,
    }
    this.say(`The comment on #${number}:`, '', renderPlanComment({ plans: [plan], failures: [], origin }))
  }

  /** Applies what was reviewed, with the identity that writes, and shows it live. */
  async merge(text: string): Promise<void> {
    const subject = this.#subject(text)
    const { bench } = this.#applier
    const reviewed = this.#reviewed
    if (reviewed === undefined) throw new Error('nothing was reviewed')
    this.#screen = openScreen(this.#stage.terminal, reviewed)
    const applied = await applyEnvironment(subject, {
      kinds: bench.kinds,
      planning: () => bench.planning(subject.project),
      applying: bench.applying(subject.project),
      engine,
      clock: bench.clock,
      signal: bench.signal,
      baseline: this.#baseline(),
      wantedElsewhere: identitiesOf([subject]),
      reviewed: {
        plans: [reviewed],
        unfinished: new Set(),
        applied: () => [],
        approved: new Set(),
        kinds: bench.kinds,
      },
      begin: undefined,
      onEvent: bench.onEvent,
      scrub: message => bench.redactor.scrub(message),
    }).finally(() => this.#screen?.close())
    if (applied.ended === 'done') {
      print(
        this.#stage.terminal,
        (this.#stage.terminal.interactive ? closingLines : resultLines)(
          applied.result,
          this.#stage.terminal.width,
          this.#stage.terminal.palette,
        ),
      )
      this.#failed ||= !succeeded(applied.result)
      this.#applied = { subject, text }
      return
    }
    this.#failed = true
    this.say(
      'Refused: the fresh plan is not the one that was reviewed.',
      ...applied.uncovered.map(({ address, path: field, reason }) => `  ${address} ${field}: ${reason}`),
    )
  }

  /** Plans what was just applied. */
  async planAgain(text: string): Promise<void> {
    const plan = await this.#plan(text)
    this.say(
      isEmpty(plan)
        ? `Nothing to do: ${plan.unchanged} resources are as the file says.`
        : 'Something is left to do.',
    )
    this.#failed ||= !isEmpty(plan)
  }

  /** A file with mistakes: what `slipway validate` and the annotations on the pull request say. */
  broken(text: string): void {
    const { failures } = loadEnvironments([{ path, text }], () => undefined)
    const problems = failures.flatMap(failure => failure.problems)
    print(this.#stage.terminal, [
      ...problemLines(problems, this.#stage.terminal.width, this.#stage.terminal.palette),
      problemCount(problems, 1),
    ])
  }

  /** Tidies up; the exit code. */
  async ended(): Promise<number> {
    await Promise.all([this.#planner.dispose(), this.#applier.dispose()])
    this.say(
      '',
      this.#failed ? 'Something went wrong above.' : 'That was the whole of it. Nothing is left running.',
    )
    return this.#failed ? 1 : 0
  }

  async #plan(text: string): Promise<Plan> {
    const subject = this.#subject(text)
    const { bench } = this.#planner
    const ports = bench.planning(subject.project)
    return planEnvironment(subject, {
      kinds: bench.kinds,
      engine,
      ports,
      baseline: this.#baseline(),
      wantedElsewhere: identitiesOf([subject]),
    })
  }

  #subject(text: string): Subject {
    const { subjects, failures } = loadEnvironments([{ path, text }], () => this.#applierEmail())
    const [subject] = subjects
    if (subject === undefined) throw new ProblemsError(failures.flatMap(({ problems }) => problems))
    return subject
  }

  #baseline(): Baseline | undefined {
    if (this.#applied === undefined) return undefined
    const { subject, text } = this.#applied
    const record = {
      environment: subject.name,
      file: path,
      sha: sha256(text).slice(0, 40),
      blob: sha256(text),
      engine,
      charts: {},
      identities: {},
    }
    return { record, resources: subject.resources }
  }

  #applierEmail(): string {
    return this.#emailOf('applier')
  }

  #emailOf(role: 'planner' | 'applier'): string {
    return `slipway-${role}@${this.#stage.project}.iam.gserviceaccount.com`
  }

  #tokenOf(role: 'planner' | 'applier'): string {
    return this.#stage.cloud.google.identities.mint(this.#emailOf(role), 3600)
  }

  #compose(role: 'planner' | 'applier'): Composed {
    const { terminal, cloud, folder } = this.#stage
    return compose({
      env: { ...terminal.env, ...cloud.environment, CLOUDSDK_AUTH_ACCESS_TOKEN: this.#tokenOf(role) },
      engine,
      role,
      identities: () => ({ applier: this.#applierEmail() }),
      idToken: undefined,
      folder,
      signal: terminal.signal,
      redactor: new Redactor(),
      values: {},
      onEvent: (event: ExecutionEvent) => this.#screen?.show(event),
      progress: message => terminal.writeError(`${message}\n`),
    })
  }
}
