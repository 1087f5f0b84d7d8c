// Composes the gateway with subgraphs of others, as a federation's router does, by Apollo's library:
//   npm run compose -- http://127.0.0.1:8000/graphql
// Ends with 1 unless both supergraphs compose and `_entities` answers by each key, in order.
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'

const url = process.argv[2] ?? 'http://127.0.0.1:8000/graphql'
const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external"])'
const OTHERS = {
  reviews: `${LINK}
    type Movie @key(fields: "id") { id: ID! reviews(first: Int! = 10): [Review!]! }
    type Trailer @key(fields: "id") { id: ID! comments: [String!]! }
    type Review @key(fields: "id") { id: ID! stars: Int! movie: Movie! }
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type Query { review(id: ID!): Review }`,
  cinemas: `${LINK}
    type Movie @key(fields: "tmdbId") { tmdbId: Int! shows(city: String!): [Show!]! }
    type Request @key(fields: "id", resolvable: false) { id: ID! }
    type Show @key(fields: "id") { id: ID! movie: Movie! request: Request }
    type Query { shows(city: String!): [Show!]! }`,
}

async function ask(query, variables) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return answer.json()
}

function compose(...names) {
  const services = names.map((name) => ({ name, url: `http://${name}`, typeDefs: parse(OTHERS[name]) }))
  const result = composeServices([{ name: 'marquee', url, typeDefs: parse(sdl) }, ...services])
  const told = ['marquee', ...names].join(' + ')
  for (const error of result.errors ?? []) console.log(`failed: ${told}: ${error.message}`)
  for (const hint of result.hints ?? []) console.log(`noted: ${told}: ${hint.definition.code} ${hint.message}`)
  const size = result.supergraphSdl?.length ?? 0
  const keeps = ['@cost', '@listSize'].every((name) => result.supergraphSdl?.includes(name))
  console.log(`${told}: ${size ? `composes, ${size} letters` : 'does not compose'}${keeps ? ', costs kept' : ''}`)
  return size > 0 && keeps
}

const sdl = (await ask('{ _service { sdl } }')).data._service.sdl
const composed = [compose(), compose('reviews'), compose('reviews', 'cinemas')]

const entities = `query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Movie { tmdbId id } } }`
const chart = await ask('{ charts(chart: POPULAR, first: 5) { nodes { tmdbId } } }')
const movies = chart.data.charts.nodes.map(({ tmdbId }) => ({ __typename: 'Movie', tmdbId }))
const byNumber = (await ask(entities, { r: movies })).data._entities
const byId = (await ask(entities, { r: byNumber.map(({ __typename, id }) => ({ __typename, id })) })).data._entities
const same = JSON.stringify(byNumber) === JSON.stringify(byId) && byNumber.every((m, at) => m.tmdbId === movies[at].tmdbId)
console.log(`_entities: ${same ? 'the same films by either key, in order' : 'failed'}`)
process.exitCode = composed.every(Boolean) && same ? 0 : 1
