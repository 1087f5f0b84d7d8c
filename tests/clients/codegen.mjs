export default {
  schema: '../../schema.graphql',
  documents: ['src/operations/*.graphql'],
  generates: {
    'src/gql/': {
      preset: 'client',
      config: {
        strictScalars: true,
        useTypeImports: true,
        scalars: { BigInt: 'number', Date: 'string', DateTime: 'string', URL: 'string' },
      },
    },
  },
}
