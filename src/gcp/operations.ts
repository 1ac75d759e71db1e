import { quotaAdvice } from './failure.ts'
import { budgetOf } from './pauses.ts'
import { type Api, GcpError } from './port.ts'
import { type ReaderOptions, sendRead } from './reader.ts'

/** The parts of the four operation families that are read. */
interface Operation {
  readonly status?: string
  readonly done?: boolean
  readonly operationType?: string
  readonly error?: {
    readonly code?: number | string
    readonly message?: string
    readonly errors?: readonly { readonly code?: string; readonly message?: string }[]
  }
  readonly httpErrorMessage?: string
  readonly progress?: { readonly metrics?: readonly { readonly name?: string; readonly intValue?: string }[] }
}

/** An operation may take this long: GKE and Cloud SQL ceilings are 90 minutes. */
const ceiling = 100 * 60_000

/** Least and most milliseconds between two polls (Cloud SQL allows 180 queries a minute and user). */
const between = { least: 1_000, most: 10_000 } as const

/**
 * Polls until the operation is done, with pauses of a tenth of the time that it has taken so far, so that short ones are
 * not waited for longer than they last, and long ones are asked about seldom. @throws GcpError if it ended with an error or is not done after 100 minutes.
 */
export const waitFor = async (
  options: ReaderOptions,
  api: Api,
  path: string,
  onProgress: (text: string) => void = () => undefined,
): Promise<void> => {
  const budget = budgetOf(options.clock, ceiling, options.signal)
  const began = options.clock.now()
  for (;;) {
    const operation = await sendRead<Operation>(options, { method: 'GET', api, path })
    if (operation.done === true || operation.status === 'DONE') return ended(api, path, operation)
    const shown = progressOf(operation)
    if (shown !== undefined) onProgress(shown)
    const tenth = (options.clock.now() - began) / 10
    const steady = Math.min(between.most, Math.max(between.least, tenth))
    if (!(await budget.spend(Math.round(steady * (0.75 + options.random() / 2))))) throw endless(api, path)
  }
}

const ended = (api: Api, path: string, { error, httpErrorMessage, operationType }: Operation): void => {
  if (error === undefined) return
  const inner = error.errors?.[0]
  const answer = inner?.message ?? error.message ?? httpErrorMessage ?? 'no reason given'
  const reason = String(inner?.code ?? error.code ?? '')
  throw new GcpError(`${operationType ?? 'operation'} ${path.split('/').at(-1)} failed: ${answer}`, {
    api,
    failure: 'other',
    status: 200,
    reason,
    answer,
    advice: adviceFor(`${reason} ${answer}`),
  })
}

const adviceFor = (text: string): string => {
  if (/RESOURCE_POOL_EXHAUSTED|STOCKOUT/i.test(text))
    return 'Google has none of these machines here now: try later, another zone or another machine type.'
  if (/quota/i.test(text)) return quotaAdvice
  return 'Mend what the message names and run again.'
}

const endless = (api: Api, path: string): GcpError =>
  new GcpError(`the operation ${path} is still running`, {
    api,
    failure: 'unavailable',
    status: 0,
    reason: '',
    answer: 'not done',
    advice: 'It goes on at Google. Run the same command again: it is picked up where it is.',
  })

const progressOf = ({ progress }: Operation): string | undefined => {
  const metric = (name: string) => progress?.metrics?.find(found => found.name === name)?.intValue
  const total = metric('NODES_TOTAL')
  return total === undefined ? undefined : `nodes ${metric('NODES_DONE') ?? '0'} of ${total}`
}
