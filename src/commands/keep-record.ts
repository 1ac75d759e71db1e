import { type Result, succeeded } from '../core/outcome.ts'
import { SlipwayError } from '../core/problem.ts'
import type { OpenRecord } from '../core/record.ts'

/** The record of an apply that begins: nothing is written to the cloud that no record tells of. @throws SlipwayError */
export const begun = async (
  environment: string,
  record: Promise<OpenRecord> | undefined,
): Promise<OpenRecord | undefined> => {
  try {
    return await record
  } catch (cause) {
    if (!(cause instanceof SlipwayError)) throw cause
    const { message, advice } = cause
    throw new SlipwayError(`${environment} was not touched: its record cannot be written. ${message}`, {
      advice,
      cause,
    })
  }
}

/** Closes the record. What was done has to be told even where it cannot be recorded: the next run does that. */
export const closed = async (
  record: OpenRecord | undefined,
  result: Result,
  detail: Parameters<OpenRecord['close']>[1],
  { scrub }: { readonly scrub: (text: string) => string },
): Promise<Result> => {
  try {
    await record?.close(succeeded(result) ? 'success' : 'failure', detail)
    return result
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error
    const message = `How it ended could not be recorded: ${scrub(error.message)}`
    const advice = [error.advice ?? [], 'What was done stays; the next run records it.'].flat().join(' ')
    return { ...result, left: [...result.left, { message, advice }] }
  }
}
