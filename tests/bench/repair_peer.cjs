// Repairs standard input with the npm package named: node repair_peer.cjs PACKAGE
const { loadRepairer } = require('../quality/npm_repairers.cjs')
const text = require('fs').readFileSync(0, 'utf8')
process.exitCode = loadRepairer[process.argv[2]]()(text).length > 0 ? 0 : 2
