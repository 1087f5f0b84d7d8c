// The generated types in use, as a front end would: this file compiles or the schema is wrong.
import type { ResultOf } from '@graphql-typed-document-node/core'
import { useFragment } from './gql'
import {
  AskDocument,
  CardFragmentDoc,
  ChartPageDocument,
  MoviePageDocument,
  type ChartPageQueryVariables,
} from './gql/graphql'

export const variables: ChartPageQueryVariables = { chart: 'POPULAR' }

export function titles(page: ResultOf<typeof ChartPageDocument>): string[] {
  return (page.charts?.nodes ?? []).map((node) => useFragment(CardFragmentDoc, node).title)
}

export function votes(page: ResultOf<typeof MoviePageDocument>): number {
  return (page.movie?.ratings ?? []).reduce((sum, rating) => sum + (rating.votes ?? 0), 0)
}

// Members that a later schema adds are told by the fields of UserError.
export function told(done: ResultOf<typeof AskDocument>): string {
  const result = done.requestMovie
  switch (result.__typename) {
    case 'RequestMovieSuccess':
      return result.created ? `asked: ${result.request.status}` : 'you had asked before'
    case 'RequestQuotaExceeded':
      return `${result.message} Next: ${result.quota.resetsAt}`
    default:
      return `${result.message} (${result.code})`
  }
}
