/** What goes wrong in the cluster; settable while it runs. Stuck pods are looked at again after each change. */
export interface Behaviour {
  /** `fail`: images cannot be pulled (ImagePullBackOff). */
  imagePull?: 'fail' | undefined
  /** Pods find no node; the scheduler's message. */
  unschedulable?: string | undefined
  /** Containers exit at once (CrashLoopBackOff); the lines of their log. */
  crash?: string | undefined
  /** `pending`: load balancers get no address. */
  loadBalancer?: 'pending' | undefined
  /** `pending`: claims are not bound. */
  claims?: 'pending' | undefined
  /** Limits the first three to pods whose name starts so; without it they meet all pods but those of Jobs. */
  only?: string | undefined
}

/** A behaviour that calls `changed` whenever a member is set or deleted. */
export const watchedBehaviour = (initial: Behaviour, changed: () => void): Behaviour =>
  new Proxy<Behaviour>(
    { ...initial },
    {
      set: (target, key, value) => {
        const done = Reflect.set(target, key, value)
        changed()
        return done
      },
      deleteProperty: (target, key) => {
        const done = Reflect.deleteProperty(target, key)
        changed()
        return done
      },
    },
  )
