// General knowledge from Google's documentation, "Cloud SQL for PostgreSQL: Instance settings" (machine types) and
// "Introduction to Cloud SQL editions"; no API lists what custom tiers are allowed.

const gib = 1024
const stepMb = 256
const leastMb = 3840
const mostMb = 624 * gib
const mostCpus = 96

const plusCpus: readonly number[] = [2, 4, 8, 16, 32, 48, 64, 80, 96, 128]
const sharedCore = /^db-(f1-micro|g1-small)$/
const custom = /^db-custom-(\d+)-(\d+)$/
const plus = /^db-perf-optimized-N-(\d+)$/
const plusOther = /^db-c4a-highmem-\d+(-lssd)?$/

/** Memory that a custom machine may have, MB: 0.9 to 6.5 GB a vCPU, at least 3.75 GB, in steps of 256 MB. */
const memoryRange = (cpus: number): readonly [number, number] => [
  Math.max(leastMb, Math.ceil((cpus * 0.9 * gib) / stepMb) * stepMb),
  Math.min(mostMb, Math.floor((cpus * 6.5 * gib) / stepMb) * stepMb),
]

const fitMemory = (cpus: number, mb: number): number => {
  const [least, most] = memoryRange(cpus)
  return Math.min(most, Math.max(least, Math.round(mb / stepMb) * stepMb))
}

const goodCpus = (cpus: number): boolean => cpus === 1 || (cpus >= 2 && cpus % 2 === 0 && cpus <= mostCpus)

const nearCpus = (cpus: number): readonly number[] => {
  if (goodCpus(cpus)) return [cpus]
  if (cpus < 1) return [1]
  if (cpus > mostCpus) return [mostCpus]
  return [cpus - 1, cpus + 1]
}

const nearestCustom = (cpus: number, mb: number): string => {
  const tiers = nearCpus(cpus).map(count => `db-custom-${count}-${fitMemory(count, mb)}`)
  return `Nearest: ${[...new Set(tiers)].join(', ')}.`
}

const checkCustom = (tier: string, cpus: number, mb: number): string | undefined => {
  const [least, most] = memoryRange(cpus)
  const refuse = (why: string) => `${tier} is not a machine Cloud SQL has: ${why}. ${nearestCustom(cpus, mb)}`
  if (!goodCpus(cpus)) return refuse(`custom tiers need 1 or an even number of vCPUs, at most ${mostCpus}`)
  if (mb % stepMb !== 0) return refuse(`memory comes in steps of ${stepMb} MB`)
  if (mb >= least && mb <= most) return undefined
  return refuse(`${cpus} vCPU take ${least} to ${most} MB (0.9 to 6.5 GB a vCPU, at least 3.75 GB)`)
}

const nearestPlus = (cpus: number): string =>
  `db-perf-optimized-N-${plusCpus.find(count => count >= cpus) ?? plusCpus.at(-1)}`

const checkPlus = (tier: string): string | undefined => {
  const cpus = Number(plus.exec(tier)?.[1])
  if (plusCpus.includes(cpus) || plusOther.test(tier)) return undefined
  const wanted = Number.isNaN(cpus) ? Number(custom.exec(tier)?.[1] ?? 2) : cpus
  const advice = custom.test(tier) || sharedCore.test(tier) ? ', or say edition: ENTERPRISE' : ''
  return `${tier} is not a machine of edition ENTERPRISE_PLUS. Nearest: ${nearestPlus(wanted)}${advice}.`
}

/**
 * What is wrong with a tier of an edition (`ENTERPRISE` or `ENTERPRISE_PLUS`), with the nearest ones that exist;
 * undefined if nothing is. Pure, so that a file can be checked before anything is asked.
 */
export const checkTier = (edition: string, tier: string): string | undefined => {
  if (edition === 'ENTERPRISE_PLUS') return checkPlus(tier)
  if (sharedCore.test(tier)) return undefined
  const [, cpus, mb] = custom.exec(tier) ?? []
  if (cpus !== undefined && mb !== undefined) return checkCustom(tier, Number(cpus), Number(mb))
  const count = Number(plus.exec(tier)?.[1] ?? 2)
  const advice = plus.test(tier) || plusOther.test(tier) ? ' Or say edition: ENTERPRISE_PLUS.' : ''
  return `${tier} is not a machine of edition ${edition}: tiers are db-custom-CPUS-MEMORY, db-f1-micro and db-g1-small. ${nearestCustom(count, count * 4 * gib)}${advice}`
}
