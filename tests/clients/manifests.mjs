// Makes the manifests of trusted documents that three tools write for the operations here, and
// keeps them in manifests/, where the gateway's tests read them:
//   npm run manifests
// Then runs each of their documents by its id, if a gateway that trusts them is given:
//   GATEWAY_TRUSTED_DOCUMENTS=tests/clients/manifests/relay.json GATEWAY_TRUSTED_ONLY=true gateway serve
//   npm run manifests -- http://127.0.0.1:8000/graphql relay
import { copyFile, mkdir, readFile } from 'node:fs/promises'

const MADE = {
  codegen: 'src/gql/persisted-documents.json',
  relay: 'src/__relay__/persisted.json',
  apollo: 'src/__apollo__/persisted.json',
}

await mkdir('manifests', { recursive: true })
for (const [tool, file] of Object.entries(MADE)) await copyFile(file, `manifests/${tool}.json`)

const [url, tool] = process.argv.slice(2)
if (url) {
  const manifest = JSON.parse(await readFile(`manifests/${tool}.json`, 'utf8'))
  const ids = manifest.operations?.map(({ id }) => id) ?? Object.keys(manifest)
  const ways = [
    (id) => ({ documentId: id }),
    (id) => ({ id }),
    (id) => ({ doc_id: id }),
    (id) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: id.replace('sha256:', '') } } }),
  ]
  const wrong = []
  for (const id of ids)
    for (const way of ways) {
      const code = await codeOf(way(id))
      if (![undefined, 'BAD_USER_INPUT'].includes(code)) wrong.push([id, code]) // variables are missing
    }
  const refused = await codeOf({ query: '{ __typename }' })
  if (refused !== 'TRUSTED_DOCUMENT_REQUIRED') wrong.push(['a text', refused])
  console.log(`${ids.length} documents of ${tool}, ${wrong.length} wrong`, ...wrong)
  process.exitCode = wrong.length ? 1 : 0
}

async function codeOf(body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await answer.json()).errors?.[0].extensions.code
}
