import type { Load } from '../../src/commands/load.ts'
import { type Past, pastOf } from '../../src/commands/snapshot.ts'
import { sha256 } from '../../src/core/digest.ts'
import type { Hosting } from '../../src/core/hosting.ts'
import type { ApplyRecord, Attempt, History, OpenRecord } from '../../src/core/record.ts'

/** Where the environment file of these tests stands. */
export const path = 'environments/lab.yaml'

/** Records in memory, read by the same code that reads those of a code host. */
export class Ledger {
  readonly #texts = new Map<string, string>()
  #applied: ApplyRecord | undefined
  #unfinished: readonly Attempt[] = []

  /** The text that was applied last and whole. */
  get applied(): string | undefined {
    return this.#applied === undefined ? undefined : this.#texts.get(this.#applied.sha)
  }

  /** Another ledger in which the same is written. */
  copy(): Ledger {
    const copy = new Ledger()
    for (const [sha, text] of this.#texts) copy.#texts.set(sha, text)
    copy.#applied = this.#applied
    copy.#unfinished = this.#unfinished
    return copy
  }

  /** Begins a record of applying `text`; it stays unfinished until it is closed with success. */
  begin(environment: string, engine: string, text: string) {
    return async (contents: Pick<ApplyRecord, 'identities' | 'charts'>): Promise<OpenRecord> => {
      const sha = sha256(text)
      this.#texts.set(sha, text)
      const record: ApplyRecord = { environment, file: path, sha, blob: sha, engine, ...contents }
      this.#unfinished = [...this.#unfinished, record]
      return {
        close: async ending => {
          if (ending !== 'success') {
            this.#unfinished = this.#unfinished.map(one => (one === record ? { ...one, failed: true } : one))
            return
          }
          this.#applied = record
          this.#unfinished = []
        },
      }
    }
  }

  /** The record that was written last. */
  get last(): ApplyRecord | undefined {
    return this.#unfinished.at(-1) ?? this.#applied
  }

  /** Has the records say that somebody began to apply `text` and did not come to an end. */
  begun(text: string, record: ApplyRecord): void {
    this.#texts.set(record.sha, text)
    this.#unfinished = [...this.#unfinished, record]
  }

  /** Has no record say anything. */
  forget(): void {
    this.#applied = undefined
    this.#unfinished = []
  }

  /** Has the records say that `text` was applied whole, as if it had been. */
  assume(environment: string, engine: string, text: string): void {
    const sha = sha256(text)
    this.#texts.set(sha, text)
    this.#applied = { environment, file: path, sha, blob: sha, engine, charts: {}, identities: {} }
    this.#unfinished = []
  }

  /** What the records say. */
  past(environment: string, load: Load, applier: string): Promise<Past> {
    const history = async (): Promise<History | undefined> =>
      this.#applied === undefined && this.#unfinished.length === 0
        ? undefined
        : { applied: this.#applied, unfinished: this.#unfinished }
    const hosting = {
      files: async (commit: string) => [{ path, blob: commit }],
      text: async (blob: string) => this.#texts.get(blob) ?? '',
      records: { history },
    } as unknown as Hosting
    return pastOf({ hosting, load, applier: () => applier }, environment)
  }
}
