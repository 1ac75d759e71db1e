import type { Asked, RequestHooks } from '../../../src/emulator/kubernetes/hooks.ts'
import type { Child, StruckEnd } from '../../support/child.ts'
import { type Strike, Striker, type Struck } from '../../support/strike.ts'

/** How long a process that was asked to end may still be there, milliseconds. Nobody waits for it where all is well. */
const patience = 120_000

/** What the command line says as soon as it knows that it is to end. */
const heard = /^Stopping: /m

/** Most objects of the chart that helm sends on when it was asked to stop: it goes on until its process is gone. */
const mostOfHelm = 10

/**
 * A striker that knows which writes begin although the process knows that it is to end. It leaves it more time for that
 * than a runner does.
 */
export class WatchedStriker extends Striker {
  readonly #strike: Strike | undefined
  readonly #late: Asked[] = []
  #knows = false
  #helmWorks = false
  #timer: NodeJS.Timeout | undefined

  constructor(strike?: Strike) {
    super(strike)
    this.#strike = strike
  }

  override arm(child: Child, world: Struck): void {
    let said = ''
    child.process.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      this.#knows ||= heard.test(said)
    })
    const terminate = (): void => {
      child.terminate()
      this.#timer = setTimeout(child.kill, patience)
    }
    // Whoever strikes with SIGTERM kills only when a runner's time is over.
    const kill = this.#strike?.signal === 'SIGTERM' ? () => undefined : child.kill
    super.arm({ ...child, terminate, kill }, world)
  }

  override disarm(): void {
    super.disarm()
    clearTimeout(this.#timer)
  }

  /** Hooks for a relay. */
  get watching(): RequestHooks {
    const { onRequest, ...others } = this.hooks.kubernetesHooks
    return {
      ...others,
      onRequest: asked => {
        if (!asked.dryRun && this.#knows) this.#late.push(asked)
        if (!asked.dryRun && !this.#knows && isHelms(asked)) this.#helmWorks = true
        return onRequest?.(asked)
      },
    }
  }

  /** What is wrong with how a process ended, by what it was struck with. */
  wrongIn({ code, signal, stderr, left }: StruckEnd): readonly string[] {
    const ended = `ended with code ${code} and signal ${signal}: ${stderr.slice(-600)}`
    if (!this.struck) return code === 0 ? [] : [`not struck, but ${ended}`]
    if (this.#strike?.signal === 'SIGKILL') return signal === 'SIGKILL' ? [] : [`killed, but ${ended}`]
    // With 0 it was done before it could know.
    const well = signal === null && code === (this.#knows ? 130 : 0)
    return [
      ...(well ? [] : [`asked to stop, but ${ended}`]),
      ...(left.length > 0 ? [`it left temporary files: ${left.join(', ')}`] : []),
      ...this.#tooLate(),
    ]
  }

  /**
   * We let the Lease go, or note on a namespace which Secret was just written to it; and one write may have been on its way
   * when the signal came. A helm that is at work writes into its
   * record how it ended, and sends what it had at hand; no other helm begins.
   */
  #tooLate(): readonly string[] {
    const ours = this.#late.filter(asked => !isHelms(asked))
    const onTheirWay = ours.filter(asked => !isTidying(asked))
    const marks = this.#late.filter(isMark)
    const helms = this.#late.filter(asked => isHelms(asked) && !isMark(asked))
    const bounds = [
      ['of ours', onTheirWay, 1],
      ['of ours that tidy up', ours.filter(isTidying), 1],
      ['of helm into its record', marks, this.#helmWorks ? 2 : 0],
      ['of helm', helms, this.#helmWorks ? mostOfHelm : 0],
    ] as const
    return bounds.flatMap(([whose, writes, most]) =>
      writes.length > most ? [`writes ${whose} when it knew: ${writes.map(said).join(', ')}`] : [],
    )
  }
}

const said = ({ verb, resource, name }: Asked): string => `${verb} ${resource}/${name}`

const isHelms = ({ user }: Asked): boolean => user === 'Helm'

const isTidying = ({ verb, resource }: Asked): boolean =>
  verb === 'patch' && (resource === 'leases' || resource === 'namespaces')

/** How an operation of helm ended, in its record. */
const isMark = (asked: Asked): boolean =>
  isHelms(asked) && asked.verb === 'update' && asked.name.startsWith('sh.helm.release.v1.')
