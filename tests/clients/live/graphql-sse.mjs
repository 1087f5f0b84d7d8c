import { createClient } from 'graphql-sse'

export function overSse({ url, headers }) {
  const client = createClient({ url, headers, retryAttempts: 0 }) // distinct connections, its default
  const follow = (query, variables, hear) =>
    client.subscribe({ query, variables }, { next: hear, error: hear, complete: () => {} })
  const ask = (query) =>
    new Promise((resolve, reject) => {
      let found
      client.subscribe({ query }, { next: (one) => (found = one), error: reject, complete: () => resolve(found) })
    })
  return { follow, ask, close: () => client.dispose() }
}
