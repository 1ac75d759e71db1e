/** A cluster by its Google name; `location` is a zone or a region. */
export interface ClusterName {
  readonly project: string
  readonly location: string
  readonly name: string
}
