// What Relay needs of a schema: connections it can page, nodes it can fetch again.
import { graphql } from 'relay-runtime'

export const page = graphql`
  query relayChartQuery($count: Int!, $after: String) {
    ...relayChart_list @arguments(count: $count, after: $after)
  }
`

export const list = graphql`
  fragment relayChart_list on Query
  @refetchable(queryName: "relayChartPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    charts(chart: POPULAR, first: $count, after: $after) @connection(key: "relayChart_charts") {
      edges { node { id title } }
    }
  }
`

export const movie = graphql`
  fragment relayMovie_page on Movie
  @refetchable(queryName: "relayMovieTrailersQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, after: { type: "String" }) {
    title
    trailers(first: $count, after: $after) @connection(key: "relayMovie_trailers") {
      edges { node { id name durationSeconds } }
    }
  }
`

export const requests = graphql`
  query relayRequestsQuery($after: String) {
    requests(first: 20, after: $after) @connection(key: "relay_requests") {
      edges { node { id status requestedBy { id displayName } movie { id title } } }
    }
  }
`
