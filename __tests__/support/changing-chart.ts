import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demonstrationChart } from './world.ts'

/** What an upgrade of the changing chart takes away, and what it brings besides. */
export const dropped = 'skypilot-dropped'
/** See `dropped`. */
export const added = 'skypilot-added'

const template = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-{{ semverCompare "<0.13.0-0" .Chart.Version | ternary "dropped" "added" }}}
data: {version: {{ .Chart.Version | quote }}}
`

/** Writes the demonstration chart with one object more, which is another one in each of its two versions. Gives its folder. */
export const changingChart = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-changing-chart-'))
  await cp(demonstrationChart, folder, { recursive: true })
  await writeFile(join(folder, 'templates', 'changing.yaml'), template)
  return folder
}
