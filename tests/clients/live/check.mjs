// Follows requests at a running gateway with the clients that people use, each in its usual way:
//   npm run check -- http://127.0.0.1:8000/graphql KEY
// KEY is that of somebody who may ask for films; `gateway serve` on the sandbox shows one.
// Ends with 1 unless every client hears of every change, and is told of its mistakes alone.
import { apollo } from './apollo.mjs'
import { changes } from './changes.mjs'
import { overSse } from './graphql-sse.mjs'
import { overWebSocket } from './graphql-ws.mjs'
import { urqlOverSse, urqlOverWebSocket } from './urql.mjs'

const [url, key] = process.argv.slice(2)
if (!url || !key) throw new Error('usage: npm run check -- URL KEY')
const headers = { Authorization: `Bearer ${key}` }
const socketUrl = url.replace(/^http/, 'ws')

const FOLLOWED = /* GraphQL */ `
  subscription Followed($ids: [ID!]) {
    requestChanged(ids: $ids) { cursor kind requestId request { status movie { title } } }
  }`
const ASKED = /* GraphQL */ `query Asked { viewer { displayName } }`
const WRONG = /* GraphQL */ `subscription Wrong { requestChanged { nothing } }`

const clients = { overWebSocket, overSse, urqlOverWebSocket, urqlOverSse, apollo }
const failed = []
for (const [name, make] of Object.entries(clients)) {
  const client = make({ url, socketUrl, headers })
  try {
    await check(client)
    console.log(`${name}: ok`)
  } catch (error) {
    console.log(`${name}: ${error.stack ?? error}`)
    failed.push(name)
  } finally {
    await client.close()
  }
}
process.exitCode = failed.length ? 1 : 0

// A client has `follow(text, variables, hear)`, which gives a function that ends it, and `ask(text)`.
async function check(client) {
  const heard = []
  const stop = client.follow(FOLLOWED, {}, (result) => heard.push(result))
  const asked = await client.ask(ASKED)
  if (!asked.data.viewer.displayName) throw new Error(`asked: ${JSON.stringify(asked)}`)

  const mistake = await new Promise((resolve) => client.follow(WRONG, {}, resolve))
  const complaint = `${mistake.error ?? ''}${JSON.stringify(mistake)}` // some give an error, some a result
  if (!/nothing/.test(complaint)) throw new Error(`mistake: ${complaint}`)

  const made = await changes({ url, headers }) // by another connection: they come here by themselves
  await until(() => heard.length >= 2)
  const told = heard.map(({ data }) => data.requestChanged)
  const kinds = told.map(({ kind }) => kind).join()
  if (kinds !== 'CREATED,CANCELLED') throw new Error(`told: ${JSON.stringify(heard)}`)
  if (told.some(({ requestId }) => requestId !== made)) throw new Error('told of another request')
  if (told[0].request?.movie?.title === undefined) throw new Error('told of no film')
  await stop()
}

async function until(condition, ms = 10_000) {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error('nothing was heard')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
