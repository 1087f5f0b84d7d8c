import { Client, fetchExchange, subscriptionExchange } from '@urql/core'

import { socketClient } from './graphql-ws.mjs'

const followers = (client, close) => ({
  follow(query, variables, hear) {
    const { unsubscribe } = client.subscription(query, variables).subscribe(hear)
    return unsubscribe
  },
  ask: (query) => client.query(query, {}).toPromise(),
  close,
})

export function urqlOverSse({ url, headers }) {
  const client = new Client({
    url,
    exchanges: [fetchExchange],
    fetchSubscriptions: true,
    fetchOptions: { headers },
    preferGetMethod: false,
  })
  return followers(client, () => {})
}

export function urqlOverWebSocket(where) {
  const sockets = socketClient(where)
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink) }),
  })
  const client = new Client({
    url: where.url,
    exchanges: [subscriptionExchange({ forwardSubscription }), fetchExchange],
    fetchOptions: { headers: where.headers },
    preferGetMethod: false,
  })
  return followers(client, () => sockets.dispose())
}
