// Asks for a film that nobody has asked for, and thinks better of it: two changes of one request.
const ASK = /* GraphQL */ `
  mutation Ask($tmdbId: Int!) {
    requestMovie(input: { movie: { tmdbId: $tmdbId } }) {
      ... on RequestMovieSuccess { created request { id } }
      ... on UserError { message }
    }
  }`
const CANCEL = /* GraphQL */ `
  mutation Cancel($id: ID!) { cancelRequest(input: { id: $id }) { __typename } }`
const FREE = /* GraphQL */ `
  query Free { charts(chart: POPULAR, first: 100) { nodes { tmdbId requests(first: 1) { nodes { id } } } } }`

export async function changes({ url, headers }) {
  const ask = async (query, variables) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = await answer.json()
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  const { charts } = await ask(FREE)
  for (const { tmdbId } of charts.nodes) {
    const { requestMovie: asked } = await ask(ASK, { tmdbId })
    if (!asked.created) continue // somebody has asked for it, or it is there
    await new Promise((resolve) => setTimeout(resolve, 500)) // or both changes are told as one state
    await ask(CANCEL, { id: asked.request.id })
    return asked.request.id
  }
  throw new Error('every film has been asked for')
}
