// Repairs standard input with the package named: node repair_peer.cjs jsonrepair|partial-json
const text = require('fs').readFileSync(0, 'utf8')
const name = process.argv[2]
const repaired =
  name === 'jsonrepair'
    ? require('jsonrepair').jsonrepair(text)
    : JSON.stringify(require('partial-json').parse(text))
process.exitCode = repaired.length > 0 ? 0 : 2
