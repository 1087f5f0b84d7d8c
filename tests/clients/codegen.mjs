export default {
  schema: '../../schema.graphql',
  documents: ['src/operations/*.graphql'],
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        strictScalars: true,
        useTypeImports: true,
        scalars: { BigInt: 'number', Date: 'string', DateTime: 'string', URL: 'string' },
      },
    },
  },
}
