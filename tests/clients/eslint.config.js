// graphql-eslint's recommended and Relay rules for schemas. An option differs from its default
// only where the schema's laws say so, and the reason stands beside it.
import graphql from '@graphql-eslint/eslint-plugin'

const schema = './schema.graphql' // a copy: eslint reads nothing above its own folder

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema } },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // No upstream pages backwards, so `last` and `before` are not in the schema.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // Connections have GitHub's shortcut `nodes`, and short whole lists are plain lists.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
      ],
      // Values without an identity of their own: they live and die with their parent.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            suffixes: ['Connection', 'Edge', 'Success'],
            types: [
              'CastMember', 'Channel', 'Collection', 'Credits', 'CrewMember', 'ExternalIds', 'Image',
              'Keyword', 'PageInfo', 'Rating', 'UpstreamStatus', 'WatchProvider', 'WatchProviders',
              'RequestQuota',
              // What mutations answer, beside those that end in Success.
              'DuplicateRequest', 'IdempotencyKeyReused', 'InvalidInput', 'MovieBlocklisted',
              'MovieNotFound', 'NotPermitted', 'RequestConflict', 'RequestNotFound',
              'RequestQuotaExceeded', 'RequestRejected', 'UpstreamUnavailable',
            ],
          },
        },
      ],
      // Reports one field, `Request.requestedBy`, which is Seerr's and everybody's word for it.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
]
