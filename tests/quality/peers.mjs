// Gives the cases of `session_quality_report --dump DIR` to other repairers, where they are installed:
//   session_quality_report --dump cases && node peers.mjs cases && session_quality_report --peer cases jsonrepair
// Each result is DIR/NUMBER.PEER; a file that a peer cannot repair gets an empty one.

import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

const directory = process.argv[2]
if (!directory) {
  console.error('usage: node peers.mjs DIRECTORY')
  process.exit(16)
}
const { loadRepairer } = createRequire(import.meta.url)('./npm_repairers.cjs')

const decode = (bytes) => new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)

for (const [name, load] of Object.entries(loadRepairer)) {
  let repair
  try {
    repair = load()
  } catch {
    console.error(`skipped: ${name} is not installed (npm install ${name})`)
    continue
  }
  for (const file of fs.readdirSync(directory)) {
    const match = /^(\d+)\.(jsonl?)$/.exec(file)
    if (!match) continue
    const text = decode(fs.readFileSync(path.join(directory, file)))
    const attempt = (part) => {
      try {
        const repaired = repair(part)
        JSON.parse(repaired)
        return repaired
      } catch {
        return ''
      }
    }
    // None of them knows JSON Lines: each gets the lines one by one, as its users do.
    const oneLine = (part) => {
      const repaired = attempt(part)
      return repaired === '' ? '' : JSON.stringify(JSON.parse(repaired))
    }
    const result =
      match[2] === 'json'
        ? attempt(text)
        : text.split('\n').filter((line) => line.trim() !== '').map(oneLine).filter((line) => line !== '').join('\n')
    fs.writeFileSync(path.join(directory, `${match[1]}.${name}`), result)
  }
}
