import type { ProgressEvent } from '../render/terminal/progress.ts'
import type { ExecutionEvent } from './execute.ts'

/** An event of an apply as the renderers of progress take it. */
export const progressEvent = (event: ExecutionEvent): ProgressEvent => {
  const { address, at } = event
  switch (event.event) {
    case 'begin':
      return { kind: 'begin', address, at, text: '' }
    case 'progress':
      return { kind: 'progress', address, at, text: event.text }
    case 'end': {
      const { problem, summary, ending } = event.outcome
      return { kind: 'end', address, at, text: problem?.message ?? summary, ending }
    }
  }
}
