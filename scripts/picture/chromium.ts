import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { executable } from '../../src/helm/find.ts'
import { missing } from './missing.ts'

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars'],
  '--remote-debugging-port=0',
]

/** A Chromium that takes pictures of pages. */
export interface Chromium {
  /** A PNG of a whole page of this width; of a page that sets `window.drawn`, once that promise has come true. */
  readonly picture: (
    file: string,
    width: number,
  ) => Promise<{ readonly png: Buffer; readonly height: number }>
  readonly close: () => Promise<void>
}

/** Starts the Chromium on PATH, or the one that CHROMIUM names; `profile` is an empty folder. */
export const startChromium = async (profile: string): Promise<Chromium> => {
  const child = spawn(findChromium(), [...flags, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const browser = await connect(await addressOf(child))
  return {
    picture: (file, width) => picture(browser, file, width),
    close: async () => {
      const gone = once(child, 'exit')
      // It is gone before it has answered.
      void browser.send('Browser.close')
      await gone
    },
  }
}

const findChromium = (): string => {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const places = (process.env.PATH ?? '').split(delimiter)
  const found = [
    process.env.CHROMIUM ?? '',
    ...places.flatMap(place => names.map(name => join(place, name))),
  ].find(path => path !== '' && executable(path))
  return (
    found ??
    missing(
      'There is no Chromium to take pictures with.',
      'Install it (Debian and Ubuntu: apt-get install chromium), or set CHROMIUM to its path.',
    )
  )
}

/** Chromium says on its standard error where it listens. */
const addressOf = async ({ stderr }: ChildProcess): Promise<string> => {
  if (stderr !== null)
    for await (const line of createInterface({ input: stderr })) {
      const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1]
      if (address !== undefined) return address
    }
  return missing('Chromium ended before it had begun.', 'Start it by hand with --headless and see why.')
}

type Values = Readonly<Record<string, unknown>>

/** The DevTools protocol (chromedevtools.github.io/devtools-protocol), as far as it is needed here. */
interface DevTools {
  readonly send: (method: string, params?: Values, session?: string) => Promise<Values>
  /** Resolves with the next event of this name. */
  readonly next: (event: string) => Promise<void>
}

const connect = async (address: string): Promise<DevTools> => {
  const socket = new WebSocket(address)
  const asked = new Map<number, (answer: Values) => void>()
  const awaited = new Map<string, () => void>()
  await once(socket, 'open')
  socket.addEventListener('message', ({ data }) => {
    const { id, method, ...answer } = JSON.parse(String(data)) as Values
    if (typeof id === 'number') asked.get(id)?.(answer)
    else awaited.get(String(method))?.()
  })
  let last = 0
  return {
    next: event => new Promise(resolve => void awaited.set(event, resolve)),
    send: (method, params = {}, session) =>
      new Promise((resolve, reject) => {
        const id = ++last
        asked.set(id, ({ result, error }) =>
          error === undefined
            ? resolve(result as Values)
            : reject(new Error(`Chromium refuses ${method}: ${JSON.stringify(error)}`)),
        )
        socket.send(JSON.stringify({ id, method, params, ...(session && { sessionId: session }) }))
      }),
  }
}

const picture: (browser: DevTools, file: string, width: number) => ReturnType<Chromium['picture']> = async (
  browser,
  file,
  width,
) => {
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
  const page = (method: string, params?: Values) => browser.send(method, params, String(sessionId))
  await page('Page.enable')
  const size = { width, height: 100, deviceScaleFactor: 1, mobile: width < 500 }
  await page('Emulation.setDeviceMetricsOverride', size)
  const loaded = browser.next('Page.loadEventFired')
  await page('Page.navigate', { url: pathToFileURL(file).href })
  await loaded
  const { exceptionDetails } = await page('Runtime.evaluate', {
    ...{ expression: 'window.drawn', awaitPromise: true },
  })
  if (exceptionDetails !== undefined) throw new Error(`A page failed: ${JSON.stringify(exceptionDetails)}`)
  const { cssContentSize } = await page('Page.getLayoutMetrics')
  const height = Math.ceil((cssContentSize as { readonly height: number }).height)
  const { data } = await page('Page.captureScreenshot', {
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width, height, scale: 1 },
  })
  await browser.send('Target.closeTarget', { targetId })
  return { png: Buffer.from(String(data), 'base64'), height }
}
