// Runs graphql-http's audits of the GraphQL over HTTP specification against a running gateway:
//   npm run audits -- http://127.0.0.1:8000/graphql
// Ends with 1 unless every MUST and every SHOULD holds.
import { serverAudits } from 'graphql-http'

const url = process.argv[2] ?? 'http://127.0.0.1:8000/graphql'
const failed = []
let count = 0
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const result = await audit.fn()
  count += 1
  if (result.status === 'ok') continue
  const grave = /^(MUST|SHOULD)/.test(audit.name)
  console.log(`${grave ? 'failed' : 'noted'}: ${audit.id} ${audit.name}: ${result.reason}`)
  if (grave) failed.push(audit.id)
}
console.log(`${count} audits, ${failed.length} failed`)
process.exitCode = failed.length ? 1 : 0
