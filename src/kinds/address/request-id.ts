import { sha256 } from '../../core/digest.ts'

/**
 * A UUID made from what a request is about: compute v1 does the same `requestId` once only, so that a request sent
 * again after a lost reply, even by another run, is no second operation.
 */
export const requestId = (...about: readonly string[]): string => {
  const hex = sha256(JSON.stringify(about))
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
