/** What the control plane is made of, and the Helm before ours; those of Kubernetes and etcd are in `go/go.mod` too. */
export const versions = { kubernetes: '1.35.4', etcd: '3.6.5', kwok: '0.8.0', helm3: '3.21.4' } as const
