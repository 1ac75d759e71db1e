import type { Json, JsonObject, Path } from '../../core/json.ts'
import type { Problem } from '../../core/problem.ts'
import { isZone, regionOf } from '../../kinds/shared/places.ts'
import { type Check, type Checked, entriesAt, objectAt, placeIn } from './check.ts'

/** Zones where regions belong, and zones of another region: Google refuses them when everything else is made already. */
export const checkPlaces: Check = checked => {
  const { header, document } = checked
  const [database, cluster] = [objectAt(document, ['database']), objectAt(document, ['cluster'])]
  const clusterRegion = regionOf(String(cluster.location ?? header.location))
  const pools = cluster.use === undefined ? entriesAt(document, ['nodePools']) : []
  return {
    problems: [
      ...noRegion(checked, ['database', 'region'], database.region),
      ...['zone', 'secondaryZone'].flatMap(key =>
        notIn(checked, ['database', key], database[key], regionOf(String(database.region))),
      ),
      ...zonesOf(cluster, 'nodeLocations').flatMap(zone =>
        notIn(checked, ['cluster', 'nodeLocations'], zone, clusterRegion),
      ),
      ...pools.flatMap(([name, pool]) =>
        zonesOf(pool, 'zones').flatMap(zone =>
          notIn(checked, ['nodePools', name, 'zones'], zone, clusterRegion),
        ),
      ),
    ],
  }
}

/** A list of zones, or a map whose keys they are. */
const zonesOf = (settings: JsonObject, key: string): readonly Json[] => {
  const zones = settings[key]
  return Array.isArray(zones) ? zones : Object.keys(objectAt(settings, [key]))
}

const noRegion = (checked: Checked, path: Path, value: Json | undefined): readonly Problem[] =>
  typeof value !== 'string' || !isZone(value)
    ? []
    : [
        {
          message: `${path.at(-1)}: "${value}" is a zone; a database has a region.`,
          advice: `Write ${regionOf(value)} here, and \`zone: ${value}\` beside it if it has to be there.`,
          position: placeIn(checked, path),
        },
      ]

const notIn = (checked: Checked, path: Path, value: Json | undefined, region: string): readonly Problem[] => {
  if (typeof value !== 'string' || (isZone(value) && regionOf(value) === region)) return []
  return [
    {
      message: `${path.at(-1)}: "${value}" is not a zone of ${region}.`,
      advice: `Write one of ${region}, for example ${region}-b.`,
      position: placeIn(checked, path),
    },
  ]
}
