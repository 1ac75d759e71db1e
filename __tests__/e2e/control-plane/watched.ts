import type { Asked, WriteHooks } from '../../../src/emulator/kubernetes/handler.ts'
import type { Child, Ended } from '../../support/child.ts'
import { type Strike, Striker, type Struck } from '../../support/strike.ts'

/** How long a process that was asked to end may still be there, milliseconds. Nobody waits for it where all is well. */
const patience = 120_000

/** A striker that knows which writes begin although the process was asked to end. It leaves it more time than a runner does. */
export class WatchedStriker extends Striker {
  readonly #strike: Strike | undefined
  #asked = false
  #byHelm = false
  readonly #late: Asked[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(strike?: Strike) {
    super(strike)
    this.#strike = strike
  }

  override arm(child: Child, world: Struck): void {
    const terminate = (): void => {
      this.#asked = true
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
  get watching(): WriteHooks {
    const { onRequest, ...others } = this.hooks.kubernetesHooks
    return {
      ...others,
      onRequest: asked => {
        if (this.#asked && !asked.dryRun) this.#late.push(asked)
        if (!this.#asked && isHelms(asked)) this.#byHelm = true
        return onRequest?.(asked)
      },
    }
  }

  /** What is wrong with how a process ended, by what it was struck with. */
  wrongIn({ code, signal }: Ended): readonly string[] {
    const ended = `ended with code ${code} and signal ${signal}`
    if (!this.struck) return code === 0 ? [] : [`not struck, but ${ended}`]
    if (this.#strike?.signal === 'SIGKILL') return signal === 'SIGKILL' ? [] : [`killed, but ${ended}`]
    const well = signal === null && (code === 130 || code === 0)
    return [...(well ? [] : [`asked to end, but ${ended}`]), ...this.#wrongLate()]
  }

  /** After the signal we let the Lease go. A helm that is at work marks its revision; one that was not, begins nothing. */
  #wrongLate(): readonly string[] {
    const [helms, ours] = [this.#late.filter(isHelms), this.#late.filter(asked => !isHelms(asked))]
    const said = (asked: readonly Asked[]): string =>
      asked.map(({ user, verb, resource, name }) => `${user} ${verb} ${resource}/${name}`).join(', ')
    process.stdout.write(`LATE after ${JSON.stringify(this.#strike)} ${this.#byHelm}: ${said(this.#late)}\n`)
    return [
      ...(ours.length > 1 || ours.some(({ resource }) => resource !== 'leases')
        ? [`writes of ours after the signal: ${said(ours)}`]
        : []),
      ...(helms.length > (this.#byHelm ? mostOfHelm : 0)
        ? [`writes of helm after the signal: ${said(helms)}`]
        : []),
    ]
  }
}

const mostOfHelm = 2

const isHelms = ({ user }: Asked): boolean => user === 'Helm'
