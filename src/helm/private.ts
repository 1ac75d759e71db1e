import { type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const subnets = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const
const subnets6 = [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const

const blocked = new BlockList()
for (const [net, prefix] of subnets) blocked.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of subnets6) blocked.addSubnet(net, prefix, 'ipv6')

/** True for an address that is not on the public internet, IPv4 written as IPv6 included. */
export const isPrivate = (address: string): boolean => {
  const plain = address.replace(/^\[|\]$/g, '')
  const family = isIP(plain)
  if (family === 4) return blocked.check(plain, 'ipv4')
  return family === 6 && blocked.check(plain, 'ipv6')
}

/** A look-up that refuses names that stand for private addresses, at the moment of connecting. */
export const publicLookup: LookupFunction = (name, options, callback) => {
  lookup(name, { ...(options as LookupOptions), all: true }, (error, found) => {
    const first = found?.[0]
    if (error !== null || first === undefined) return callback(error, '', 0)
    const inside = found.find(({ address }) => isPrivate(address))
    if (inside !== undefined) {
      const refusal = new Error(`${name} is the private address ${inside.address}`)
      return callback(refusal as NodeJS.ErrnoException, '', 0)
    }
    if (options.all === true) return callback(null, found as never, 0)
    return callback(null, first.address, first.family)
  })
}
