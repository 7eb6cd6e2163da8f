// Repairers from npm, by name: each takes a damaged text and gives a repaired one, or throws. They are looked for below
// the working directory and in NODE_PATH; one that is not installed throws MODULE_NOT_FOUND when it is loaded.
const installed = (name) => require(require.resolve(name, { paths: [process.cwd(), __dirname] }))

exports.loadRepairer = {
  jsonrepair: () => installed('jsonrepair').jsonrepair,
  'partial-json': () => {
    const { parse } = installed('partial-json')
    return (text) => JSON.stringify(parse(text))
  },
  // An editor's parser, made to go on behind an error. A comma left at the end of a cut container is none to it.
  'jsonc-parser': () => {
    const { parse } = installed('jsonc-parser')
    return (text) => JSON.stringify(parse(text, [], { allowTrailingComma: true }))
  },
}
