import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'
import WebSocket from 'ws'

import { socketClient } from './graphql-ws.mjs'

globalThis.WebSocket ??= WebSocket // as every browser has it; Apollo's link looks for it there

export function apollo(where) {
  const sockets = socketClient(where)
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: where.url, headers: where.headers }),
  )
  const client = new ApolloClient({ link, cache: new InMemoryCache() })
  const follow = (query, variables, hear) => {
    const subscription = client
      .subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' })
      .subscribe({ next: hear, error: hear })
    return () => subscription.unsubscribe()
  }
  const close = () => {
    client.stop()
    return sockets.dispose()
  }
  return { follow, ask: (query) => client.query({ query: gql(query) }), close }
}
