import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

export const socketClient = ({ socketUrl, headers }) =>
  createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers, retryAttempts: 0 })

export function overWebSocket(where) {
  const client = socketClient(where)
  const follow = (query, variables, hear) =>
    client.subscribe({ query, variables }, { next: hear, error: hear, complete: () => {} })
  const ask = (query) =>
    new Promise((resolve, reject) => {
      let found
      client.subscribe({ query }, { next: (one) => (found = one), error: reject, complete: () => resolve(found) })
    })
  return { follow, ask, close: () => client.dispose() }
}
