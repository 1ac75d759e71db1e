/** What the control plane is made of; the same versions are in `go/go.mod`. */
export const versions = { kubernetes: '1.35.4', etcd: '3.6.5', kwok: '0.8.0' } as const
