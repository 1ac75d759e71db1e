import type { RequestEntry } from '../../src/emulator/index.ts'
import type { Asked } from '../../src/emulator/kubernetes/hooks.ts'
import type { Child, StruckEnd } from './child.ts'
import { keyOf, type Moment, moments } from './kill.ts'
import type { World, WorldOptions } from './world.ts'

/** A signal to a process at one of its writes: the `nth`, from one on. */
export interface Strike {
  readonly nth: number
  readonly moment: Moment
  readonly signal: 'SIGKILL' | 'SIGTERM'
}

/** At which moments writes are struck; `every other`: in turn, and half of the writes. */
export type Which = 'every moment' | 'in turn' | 'every other'

/** Strikes at each of so many writes. */
export const strikesAt = (writes: number, signal: Strike['signal'], which: Which): readonly Strike[] =>
  Array.from({ length: writes }, (_, index) => index + 1).flatMap(nth =>
    moments
      .filter((_, turn) => which === 'every moment' || turn === nth % moments.length)
      .filter(() => which !== 'every other' || nth % 2 === 0)
      .map(moment => ({ nth, moment, signal })),
  )

/** A strike in words. */
export const saidOf = ({ nth, moment }: Strike, writes: number): string =>
  `write ${nth} of ${writes} ${moment}`

/**
 * Which of these writes were not struck, of all blows: at every moment, or at one of them where not each write is struck at
 * every moment.
 */
export const missedBlows = (
  writes: readonly string[],
  blows: readonly string[],
  which: Which,
): readonly string[] => {
  const known = new Set(blows)
  const missed = (write: string): readonly Moment[] =>
    moments.filter(moment => !known.has(`${write} ${moment}`))
  return writes.flatMap(write => {
    const left = missed(write)
    return which === 'every moment' || left.length === moments.length
      ? left.map(moment => `never struck: ${write} ${moment}`)
      : []
  })
}

/** A write in a cluster in words, without its namespace. */
const writeIn = ({ verb, resource, name }: Asked): string => `${verb} ${resource}/${name}`

/** What a process works on, as far as a strike at it needs to know. */
export type Struck = Pick<World, 'google' | 'environment'>

/**
 * Most writes that may still be begun after the command line has said that it stops: what tidies up after those in flight.
 * A helm that is in flight hears of it some milliseconds later, and goes on sending objects side by side until it does.
 */
export const tidyUp = { alone: 3, withHelm: 25 } as const

/** What is wrong with how a process ended that was struck; `writes` is how many an undisturbed one makes. */
export const wrongEnding = (
  { signal: sent }: Strike,
  { code, signal, left }: StruckEnd,
  { seen, late = 0 }: Pick<Striker, 'seen' | 'late'>,
  writes: number,
  most: number = tidyUp.alone,
): readonly string[] => {
  const how = signal === null ? `with code ${code}` : `by ${signal}`
  if (sent === 'SIGKILL') return signal === 'SIGKILL' ? [] : [`killed, it ended ${how}`]
  if (signal !== null || (code !== 0 && code !== 130)) return [`asked to end, it ended ${how}`]
  if (left.length > 0) return [`it left temporary files: ${left.join(', ')}`]
  if (code === 0 && seen < writes) return [`it said that it was done after ${seen} of ${writes} writes`]
  return late > most ? [`it began ${late} writes after it had said that it stops`] : []
}

/** How long a process that was asked to end has for it. The runner gives ten seconds from SIGINT to the end. */
const grace = 10_000

/**
 * Counts what a process writes, at Google and in its cluster, and strikes it at one of these writes. It acts on the
 * requests themselves, as the emulators see them: how fast the machine is does not matter.
 */
export class Striker {
  readonly #strike: Strike | undefined
  #armed: { readonly child: Child; readonly world: Struck } | undefined
  #target: RequestEntry['number'] | Asked | undefined
  #said = ''
  #isStruck = false
  #seen = 0
  #timer: NodeJS.Timeout | undefined
  /** Pending from a SIGTERM until the process has said that it stops. */
  #held: Promise<unknown> | undefined
  #late: number | undefined

  /** Without a strike it only counts. */
  constructor(strike?: Strike) {
    this.#strike = strike
  }

  /** From now on the writes are this process's. */
  arm(child: Child, world: Struck): void {
    this.#armed = { child, world }
  }

  /** The process has ended. */
  disarm(): void {
    this.#armed = undefined
    clearTimeout(this.#timer)
  }

  /** Writes so far. */
  get seen(): number {
    return this.#seen
  }

  /** Writes that were begun after the process had said that it stops; undefined if it never did. */
  get late(): number | undefined {
    return this.#late
  }

  /** Whether the moment came: a write that is refused is never taken. */
  get struck(): boolean {
    return this.#isStruck
  }

  /** What was struck, and when: `delete configmaps/NAME after its answer`. */
  get blow(): string {
    return this.#isStruck ? `${this.#said} ${this.#strike?.moment}` : 'nothing'
  }

  /** Hooks for a world; those around the writes in a cluster work without the others. */
  get hooks(): Required<Pick<WorldOptions, 'hooks' | 'kubernetesHooks'>> {
    return {
      hooks: {
        onRequest: async entry => {
          const isTarget = ({ number }: RequestEntry): boolean => number === entry.number
          const key = keyOf({ method: entry.httpMethod, path: entry.path })
          if (key !== undefined && this.#begins(entry.number, key))
            this.#armed?.world.google.faults.add({ match: isTarget, kind: 'reset' })
          await this.#held
        },
        afterHandled: async ({ number }) => {
          this.#at(number, 'after it was taken')
          await this.#held
        },
        afterAnswered: ({ number }) => void this.#at(number, 'after its answer'),
      },
      kubernetesHooks: {
        hold: () => this.#held,
        onRequest: asked => (!asked.dryRun && this.#begins(asked, writeIn(asked)) ? 'cut' : undefined),
        afterHandled: asked => (this.#at(asked, 'after it was taken') ? 'cut' : undefined),
        afterAnswered: asked => void this.#at(asked, 'after its answer'),
      },
    }
  }

  /** Counts a write; true if it must not be taken, since its sender has just been killed. */
  #begins(request: RequestEntry['number'] | Asked, said: string): boolean {
    if (this.#armed === undefined) return false
    if (this.#late !== undefined) this.#late++
    if (++this.#seen !== this.#strike?.nth) return false
    this.#target = request
    this.#said = said
    return this.#at(request, 'before it is sent')
  }

  /** Strikes, if this is the moment; true if the process is dead now. */
  #at(request: RequestEntry['number'] | Asked, moment: Moment): boolean {
    if (this.#armed === undefined || this.#target !== request || this.#strike?.moment !== moment) return false
    const { child } = this.#armed
    this.#isStruck = true
    if (this.#strike.signal === 'SIGKILL') {
      child.kill()
      return true
    }
    this.#timer = setTimeout(child.kill, grace)
    this.#terminate(child)
    return false
  }

  /**
   * Asks a process to end. Until it says that it does, nobody answers it: so no write that it begins later can come of an
   * answer that it got before it had heard of the signal.
   */
  #terminate(child: Child): void {
    child.terminate()
    this.#held = child.stopping.then(() => {
      this.#held = undefined
      if (child.process.exitCode === null && child.process.signalCode === null) this.#late = 0
    })
  }
}
