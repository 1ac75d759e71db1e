import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const template = `apiVersion: v1
kind: Secret
metadata: {name: leaky}
data: {password: {{ .Values.password | b64enc }}}
stringData: {plain: {{ .Values.password | quote }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: leaky}
data:
  password: {{ .Values.password | quote }}
  app.yaml: {{ printf "user: x\\npassword: %s\\n" .Values.password | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: leaky}
spec:
  selector: {matchLabels: {app: leaky}}
  template:
    metadata: {labels: {app: leaky}}
    spec:
      containers:
        - name: main
          image: leaky:1
          args: ["--password={{ .Values.password }}"]
          env: [{name: API_TOKEN, value: {{ .Values.token | quote }}}]
`

/** Writes a chart that has secrets among its own values and puts them wherever a careless chart would. */
export const writeLeakyChart = async (
  folder: string,
  { password, token }: { readonly password: string; readonly token: string },
): Promise<string> => {
  await mkdir(join(folder, 'templates'), { recursive: true })
  await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: leaky\nversion: 0.13.0\n')
  await writeFile(join(folder, 'values.yaml'), `password: ${password}\ntoken: ${token}\n`)
  await writeFile(join(folder, 'templates', 'all.yaml'), template)
  return folder
}
